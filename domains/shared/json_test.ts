import { expect, test } from "bun:test";
import fc from "fast-check";
import { lengthOf, sameJson } from "./mod.ts";

test("values are the same whatever the order of their members", () => {
  expect(sameJson({ a: 1, b: { c: [1, "2", null] } }, { b: { c: [1, "2", null] }, a: 1 })).toBe(true);
  const law = fc.property(fc.jsonValue(), (value) => {
    expect(sameJson(value, JSON.parse(JSON.stringify(value)))).toBe(true);
  });
  fc.assert(law);
});

test.each([
  [{ a: 1 }, { a: 2 }],
  [{ a: 1 }, { a: 1, b: 1 }],
  [{ a: 1, b: 1 }, { a: 1 }],
  [{ a: 1 }, { b: 1 }],
  [
    [1, 2],
    [2, 1],
  ],
  [[1], [1, 1]],
  [[], {}],
  [["a"], { 0: "a" }],
  [null, {}],
  ["1", 1],
  [0, null],
  [{ a: { b: [1] } }, { a: { b: [2] } }],
])("%j is not %j", (a, b) => {
  expect(sameJson(a, b)).toBe(false);
  expect(sameJson(b, a)).toBe(false);
});

test("lengthOf() counts what would be written", () => {
  expect(lengthOf({ a: ["\u0001", 1] })).toBe('{"a":["\\u0001",1]}'.length);
  expect(lengthOf(undefined)).toBe(0);
});
