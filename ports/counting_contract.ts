import { expect, test } from "bun:test";
import { setTimeout } from "node:timers/promises";
import type { Count } from "./counting.ts";

/** Two processes that count together, by the same clock. */
type Counting = { readonly one: Count; readonly other: Count };

const noon = Date.parse("2026-11-23T12:00:00.000Z");

/** What every counter must do. `open` gives two processes whose counters have counted nothing yet. */
export function testCount(name: string, open: (now: () => number) => Promise<Counting>) {
  async function fresh() {
    let at = noon;
    const counting = await open(() => at);
    const pass = (milliseconds: number) => {
      at += milliseconds;
    };
    return { ...counting, pass };
  }

  test(`${name}: every key is counted by itself, and the one that is asked for among them`, async () => {
    const { one } = await fresh();
    expect(["a", "b", "a", "a"].map((key) => one(key).total)).toEqual([1, 1, 2, 3]);
  });

  test(`${name}: a minute is counted together, and tells when it is over; then all begins anew`, async () => {
    const { one, pass } = await fresh();
    pass(1_000);
    expect(one("a")).toMatchObject({ total: 1, left: 59_000 });
    pass(58_999);
    expect(one("a")).toMatchObject({ total: 2, left: 1 });
    pass(1);
    expect(one("a")).toMatchObject({ total: 1, left: 60_000 });
  });

  test(`${name}: a clock that is set back does not keep anybody waiting for longer than a minute`, async () => {
    const { one, pass } = await fresh();
    one("a");
    pass(-3_600_000);
    expect(one("a")).toMatchObject({ total: 1, left: 60_000 });
  });

  test(`${name}: what one process counts, the other one adds soon`, async () => {
    const { one, other } = await fresh();
    for (let count = 0; count < 100; count++) one("a");
    await heard(other, "a", 100);
    expect(other("b").total).toBe(1);
    await heard(one, "b", 1);
  });
}

/** Resolves once a process that has not counted under the key knows what the others have. */
export async function heard(count: Count, key: string, others: number): Promise<void> {
  for (let asked = 1; count(key).total < others + asked; asked++) await setTimeout(10);
}
