import { expect, test } from "bun:test";
import fc from "fast-check";
import { shares } from "./allocation.ts";
import { compare, decimal, scaled, sum, times, toText } from "./decimal.ts";

test("base units times a price are exact however large", () => {
  const price = times(decimal("2411.07"), scaled("1", 18));
  expect(toText(times(scaled("1000000000000000000000000000001", 0), price), 2)).toBe("2411070000000000.00");
  expect(toText(sum(decimal("0.1"), decimal("0.2")), 1)).toBe("0.3");
});

test("toText() rounds half away from zero, and knows no minus zero", () => {
  expect(toText(decimal("1.005"), 2)).toBe("1.01");
  expect(toText(decimal("-1.005"), 2)).toBe("-1.01");
  expect(toText(decimal("-0.004"), 2)).toBe("0.00");
  expect(toText(decimal("7"), 2)).toBe("7.00");
  expect(toText(decimal("7.5"), 0)).toBe("8");
});

test("decimal() reads plain decimals only", () => {
  for (const text of ["", "1e3", ".5", "1.", "+1", "1,5", "Infinity", "0x1"]) expect(() => decimal(text)).toThrow();
});

test("compare() looks at values, not at how they are written", () => {
  expect(compare(decimal("1.50"), decimal("1.5"))).toBe(0);
  expect(compare(decimal("-2"), decimal("-1.9"))).toBe(-1);
});

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
