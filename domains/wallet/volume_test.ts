import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Amount, type Instant, later } from "../shared/mod.ts";
import { volumeWindows } from "./policy_rules.ts";
import { countedIn, evolve, type VolumeEvent, type Volumes } from "./volume.ts";

const spans = { PT1H: 3_600, P1D: 86_400, P7D: 604_800, P30D: 2_592_000 };
const start = "2026-11-24T10:00:00.000Z" as Instant;
const reserved = (amount: number, at: Instant): VolumeEvent => ({
  ...{ type: "VolumeReserved", transfer: "t", amount: `${amount}` as Amount, at },
});

test("no window counts less than what was reserved within it, nor what is out of it by a bucket, and the state is bounded", () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 200_000 }), fc.integer({ min: 1, max: 9 })), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(steps, (steps) => {
      let volumes: Volumes = {};
      let seconds = 0;
      const all: { at: number; amount: number }[] = [];
      for (const [step, amount] of steps) {
        seconds += step;
        all.push({ at: seconds, amount });
        volumes = evolve(volumes, reserved(amount, later(start, seconds)));
        for (const window of volumeWindows) {
          const since = (age: number) =>
            all.filter(({ at }) => at > seconds - age).reduce((sum, each) => sum + each.amount, 0);
          const counted = Number(countedIn(volumes, window, later(start, seconds)));
          expect(counted).toBeGreaterThanOrEqual(since(spans[window]));
          expect(counted).toBeLessThanOrEqual(since(spans[window] + spans[window] / 12 + 1));
          expect(Object.keys(volumes[window] ?? {}).length).toBeLessThan(33);
        }
      }
    }),
  );
});

test("what is given back no longer counts, however late", () => {
  const before = evolve(evolve({}, reserved(5, start)), reserved(7, start));
  const after = evolve(before, { type: "VolumeReleased", transfer: "t", amount: "5" as Amount, at: start });
  expect(volumeWindows.map((window) => countedIn(after, window, later(start, 60)))).toEqual([
    "7",
    "7",
    "7",
    "7",
  ] as Amount[]);
  const late = evolve(reservedLater(after), {
    type: "VolumeReleased",
    transfer: "t",
    amount: "7" as Amount,
    at: start,
  });
  expect(countedIn(late, "P30D", later(start, 4_000_000))).toBe("1" as Amount);
});

function reservedLater(volumes: Volumes): Volumes {
  return evolve(volumes, reserved(1, later(start, 4_000_000)));
}
