import { expect, test } from "bun:test";
import fc from "fast-check";
import { createTallies, minute } from "./_tallies.ts";

test("what others say replaces what they said before, and counts in its own minute", () => {
  let at = 10 * minute;
  const { count, learn } = createTallies({ now: () => at });
  learn(10, "a", "other", 5);
  learn(10, "a", "third", 1);
  learn(10, "a", "other", 7);
  expect(count("a").total).toBe(9);
  learn(11, "a", "early", 2);
  learn(9, "a", "late", 3);
  expect(count("a").total).toBe(10);
  at += minute;
  expect(count("a").total).toBe(3);
});

test("what others say of minutes that are far from ours is not kept", () => {
  let at = 10 * minute;
  const { count, learn } = createTallies({ now: () => at });
  learn(12, "a", "other", 5);
  at += 2 * minute;
  expect(count("a").total).toBe(1);
});

test("a flood of keys pushes out those that came once, not those that keep coming", () => {
  const { count } = createTallies({ now: () => minute, most: 100 });
  count("once");
  for (let key = 0; key < 10_000; key++) {
    count(`flood ${key}`);
    if (key % 50 === 0) count("often");
  }
  expect(count("often").total).toBe(201);
  expect(count("once").total).toBe(1);
});

test("a total is the sum of what every process last said, in whatever order it came", () => {
  const told = fc.record({ process: fc.constantFrom("b", "c", "d"), count: fc.nat(1_000) });
  fc.assert(
    fc.property(fc.array(told), fc.nat(20), (news, own) => {
      const { count, learn } = createTallies({ now: () => minute });
      const last = new Map<string, number>();
      for (const { process, count: said } of news) {
        learn(1, "a", process, said);
        last.set(process, said);
      }
      for (let done = 0; done < own; done++) count("a");
      const others = [...last.values()].reduce((sum, each) => sum + each, 0);
      expect(count("a").total).toBe(others + own + 1);
    }),
  );
});
