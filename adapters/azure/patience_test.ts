import { expect, test } from "bun:test";
import { VaultEntryAbsent, VaultForbidden, VaultThrottled, VaultUnreachable } from "../../ports/mod.ts";
import { createAsk } from "./_patience.ts";
import { faultOf } from "./_stage_test.ts";

/** An ask without second tries, so that each call counts once. */
function stage() {
  const clock = { now: 0 };
  const ask = createAsk({ answer: 200, budget: 50, failures: 3, rest: 1_000 }, () => clock.now);
  let asked = 0;
  const answer = (outcome: () => unknown) =>
    ask("unwrap", async () => {
      asked++;
      return await outcome();
    });
  const fail = (error: Error) => faultOf(answer(() => Promise.reject(error)));
  return { clock, ask, answer, fail, asked: () => asked };
}

const outage = () => new VaultUnreachable("away");

test("after failures in a row nobody asks until the rest is over; then one does, and its success lets all ask again", async () => {
  const { clock, answer, fail, asked } = stage();
  for (let count = 0; count < 3; count++) await fail(outage());
  expect(asked()).toBe(3);
  expect(await fail(outage())).toBeInstanceOf(VaultUnreachable);
  clock.now = 999;
  await fail(outage());
  expect(asked()).toBe(3);

  clock.now = 1_000;
  const probe = Promise.withResolvers<string>();
  const first = answer(() => probe.promise);
  expect(await fail(outage())).toBeInstanceOf(VaultUnreachable);
  expect(asked()).toBe(4);
  probe.resolve("there");
  expect(await first).toBe("there");
  await Promise.all([answer(() => "a"), answer(() => "b")]);
  expect(asked()).toBe(6);
});

test("a failed look begins another rest", async () => {
  const { clock, fail, asked } = stage();
  for (let count = 0; count < 3; count++) await fail(outage());
  clock.now = 1_000;
  await fail(outage());
  clock.now = 1_999;
  await fail(outage());
  expect(asked()).toBe(4);
  clock.now = 2_000;
  await fail(outage());
  expect(asked()).toBe(5);
});

test("who throttles is left alone for as long as it asked, by all", async () => {
  const { clock, answer, fail, asked } = stage();
  expect(await fail(new VaultThrottled("slow down", 5_000))).toMatchObject({ retryAfter: 5_000 });
  clock.now = 2_000;
  const fault = await fail(outage());
  expect(fault).toBeInstanceOf(VaultThrottled);
  expect(fault).toMatchObject({ retryAfter: 3_000, retryable: true });
  expect(asked()).toBe(1);
  clock.now = 5_000;
  expect(await answer(() => "there")).toBe("there");
});

test("refusals are answers: they open no breaker, and end a row of failures", async () => {
  const { answer, fail, asked } = stage();
  for (let count = 0; count < 9; count++) await fail(new VaultForbidden("no"));
  expect(asked()).toBe(9);
  for (let count = 0; count < 2; count++) await fail(outage());
  await fail(new VaultEntryAbsent("no such key"));
  for (let count = 0; count < 2; count++) await fail(outage());
  expect(await answer(() => "there")).toBe("there");
});

test("within its budget a call is tried again, with growing pauses, and a refusal is not", async () => {
  const ask = createAsk({ answer: 200, budget: 2_000, failures: 99, rest: 1_000 }, Date.now);
  const times: number[] = [];
  const result = await ask("unwrap", async () => {
    times.push(performance.now());
    if (times.length < 4) throw outage();
    return "there";
  });
  expect(result).toBe("there");
  const pauses = times.slice(1).map((time, index) => time - (times[index] as number));
  for (const [index, pause] of pauses.entries()) expect(pause).toBeGreaterThanOrEqual(50 * 2 ** index - 2);
  let refused = 0;
  await faultOf(
    ask("unwrap", async () => {
      refused++;
      throw new VaultForbidden("no");
    }),
  );
  expect(refused).toBe(1);
});

test("throttling beyond the budget is told at once, with how long", async () => {
  const ask = createAsk({ answer: 200, budget: 2_000, failures: 99, rest: 1_000 }, Date.now);
  const begun = performance.now();
  const fault = await faultOf(ask("unwrap", () => Promise.reject(new VaultThrottled("slow down", 2_000))));
  expect(fault).toMatchObject({ retryAfter: 2_000 });
  expect(performance.now() - begun).toBeLessThan(500);
});

test("a try that takes too long is ended, also where it heeds no signal", async () => {
  const ask = createAsk({ answer: 30, budget: 31, failures: 9, rest: 1_000 }, Date.now);
  let signal: AbortSignal | undefined;
  const begun = performance.now();
  const fault = await faultOf(
    ask("unwrap", (given) => {
      signal = given;
      return new Promise<never>(() => {});
    }),
  );
  expect(fault).toBeInstanceOf(VaultUnreachable);
  expect(fault.message).toContain("TimedOut");
  expect(signal?.aborted).toBe(true);
  expect(performance.now() - begun).toBeLessThan(500);
});
