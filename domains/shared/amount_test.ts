import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  type Amount,
  addAmounts,
  addDeltas,
  amount,
  cappedAmount,
  compareAmounts,
  type Delta,
  delta,
  isNegative,
  largestAmount,
  leastAmount,
  negate,
  parseAmount,
  sizeOf,
  subtractAmounts,
  zero,
} from "./mod.ts";

const most = 2n ** 256n - 1n;
const anAmount = fc.bigInt({ min: 0n, max: most }).map((size) => amount(size));
const small = fc.bigInt({ min: 0n, max: 2n ** 250n }).map((size) => amount(size));

const noAmounts = ["", "00", "01", "-1", "+1", "1.0", "1e3", "0x1", " 1", "1 ", "1\n", "１", (most + 1n).toString()];

test.each(noAmounts)("%j is no amount", (text) => {
  expect(parseAmount(text)).toBeUndefined();
  expect(() => amount(text)).toThrow(RangeError);
});

test("an amount goes up to 2^256 - 1, and sums do not go beyond", () => {
  expect(parseAmount(most.toString())).toBe(amount(most));
  expect(() => amount(-1n)).toThrow(RangeError);
  expect(() => addAmounts(amount(most), amount("1"))).toThrow(RangeError);
});

test("a change has a sign, and zero has none", () => {
  expect(delta("-5")).toBe("-5" as Delta);
  expect(delta(-5n)).toBe("-5" as Delta);
  for (const text of ["-0", "--1", "-01", "+1", "-", ""]) expect(() => delta(text)).toThrow(RangeError);
  expect(negate(zero)).toBe("0" as Delta);
});

test("amounts compare as numbers do", () => {
  const law = fc.property(anAmount, anAmount, (a, b) => {
    const order = BigInt(a) < BigInt(b) ? -1 : Number(BigInt(a) > BigInt(b));
    expect(Math.sign(compareAmounts(a, b))).toBe(order);
    expect(leastAmount(a, b)).toBe(order < 0 ? a : b);
  });
  fc.assert(law, { examples: [["9", "10"] as [Amount, Amount]] });
});

test("what is added can be taken away again, and nothing falls below zero", () => {
  const law = fc.property(small, small, (a, b) => {
    expect(subtractAmounts(addAmounts(a, b), b)).toBe(a);
    expect(subtractAmounts(a, addAmounts(a, b))).toBe(zero);
    expect(addDeltas(a, negate(b))).toBe(delta(BigInt(a) - BigInt(b)));
  });
  fc.assert(law);
});

test("a number beyond the largest amount is that", () => {
  expect([cappedAmount(most), cappedAmount(most + 1n), cappedAmount(0n)]).toEqual([amount(most), largestAmount, zero]);
  expect(largestAmount).toBe(amount(most));
});

test("a change is its size with its sign", () => {
  const law = fc.property(anAmount, (size) => {
    const loss = negate(size);
    expect(sizeOf(loss)).toBe(size);
    expect(sizeOf(size)).toBe(size);
    expect(isNegative(loss)).toBe(size !== zero);
    expect(isNegative(size)).toBe(false);
    expect(negate(loss)).toBe(delta(size));
  });
  fc.assert(law);
});
