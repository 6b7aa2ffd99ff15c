import { expect, test } from "bun:test";
import {
  addDecimals,
  alignDecimals,
  compareDecimals,
  decimal,
  decimalText,
  multiplyDecimals,
  scaledDecimal,
} from "./decimal.ts";

test("base units times a price are exact however large", () => {
  const price = multiplyDecimals(decimal("2411.07"), scaledDecimal("1", 18));
  expect(decimalText(multiplyDecimals(scaledDecimal("1000000000000000000000000000001", 0), price), 2)).toBe(
    "2411070000000000.00",
  );
  expect(decimalText(addDecimals(decimal("0.1"), decimal("0.2")), 1)).toBe("0.3");
});

test("decimalText() rounds half away from zero, and knows no minus zero", () => {
  expect(decimalText(decimal("1.005"), 2)).toBe("1.01");
  expect(decimalText(decimal("-1.005"), 2)).toBe("-1.01");
  expect(decimalText(decimal("-0.004"), 2)).toBe("0.00");
  expect(decimalText(decimal("7"), 2)).toBe("7.00");
  expect(decimalText(decimal("7.5"), 0)).toBe("8");
});

test("decimal() reads plain decimals only", () => {
  for (const text of ["", "1e3", ".5", "1.", "+1", "1,5", "Infinity", "0x1"]) expect(() => decimal(text)).toThrow();
});

test("compareDecimals() looks at values, not at how they are written", () => {
  expect(compareDecimals(decimal("1.50"), decimal("1.5"))).toBe(0);
  expect(compareDecimals(decimal("-2"), decimal("-1.9"))).toBe(-1);
});

test("alignDecimals() keeps ratios", () => {
  expect(alignDecimals([decimal("1.5"), decimal("0.25"), decimal("-3")])).toEqual([150n, 25n, -300n]);
  expect(alignDecimals([])).toEqual([]);
});
