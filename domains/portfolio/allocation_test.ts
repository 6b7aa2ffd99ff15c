import { expect, test } from "bun:test";
import fc from "fast-check";
import { shares } from "./allocation.ts";

test("shares() gives what rounding leaves to the largest remainders", () => {
  expect(shares([1n, 1n, 1n])).toEqual(["33.34", "33.33", "33.33"]);
  expect(shares([2n, 1n])).toEqual(["66.67", "33.33"]);
  expect(shares([0n, 5n])).toEqual(["0.00", "100.00"]);
  expect(shares([0n])).toBeUndefined();
});

test("shares always sum to 100.00, and none is a hundredth of a percent off", () => {
  const law = fc.property(
    fc.array(fc.bigInt({ min: 0n, max: 2n ** 256n }), { minLength: 1, maxLength: 40 }),
    (weights) => {
      const total = weights.reduce((a, b) => a + b);
      fc.pre(total > 0n);
      const points = (shares(weights) ?? []).map((share) => BigInt(share.replace(".", "")));
      expect(points.reduce((a, b) => a + b)).toBe(10_000n);
      for (const [place, weight] of weights.entries()) {
        const off = (points[place] ?? 0n) * total - weight * 10_000n;
        expect(off < total && off > -total).toBe(true);
      }
    },
  );
  fc.assert(law, { seed: 31337 });
});
