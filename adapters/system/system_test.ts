import { expect, test } from "bun:test";
import { canonicalJson } from "./digest.ts";
import { createClock, deriveId, digest, newId } from "./mod.ts";

test("createClock() tells RFC 3339 milliseconds and never runs backwards", () => {
  const machine = [1_000, 5_000, 2_000, 6_000];
  const clock = createClock(() => machine.shift() ?? 0);
  expect([clock(), clock(), clock(), clock()].map(String)).toEqual([
    "1970-01-01T00:00:01.000Z",
    "1970-01-01T00:00:05.000Z",
    "1970-01-01T00:00:05.000Z",
    "1970-01-01T00:00:06.000Z",
  ]);
});

test("newId() makes UUIDv7 that sort by age", () => {
  const ids = Array.from({ length: 1_000 }, newId);
  expect(ids).toEqual(ids.toSorted());
  expect(new Set(ids).size).toBe(1_000);
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("deriveId() makes the same UUIDv8 for ever", () => {
  const id = deriveId("transfer", "task", "step", "1");
  // SHA-256 of "8:transfer4:task4:step1:1", cut, with version and variant set: it must not change between releases.
  expect(id).toBe("0d2dfb98-4aec-80b9-944b-ddda4271ce0c");
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("deriveId() tells parts apart", () => {
  const ids = [
    deriveId("ab", "c"),
    deriveId("a", "bc"),
    deriveId("abc"),
    deriveId("abc", ""),
    deriveId("a", "1:b", "c"),
  ];
  expect(new Set([...ids, deriveId("a", "b", "c")]).size).toBe(6);
});

test("canonicalJson() writes the example of RFC 8785", () => {
  const value = {
    numbers: [JSON.parse("333333333.33333329"), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"/",
    literals: [null, true, false],
  };
  expect(canonicalJson(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

test("canonicalJson() sorts by UTF-16 code units, as RFC 8785 does", () => {
  const names = ["\u20ac", "\r", "\ufb33", "1", "\ud83d\ude00", "\u0080", "\u00f6"];
  const written = canonicalJson(Object.fromEntries(names.map((name) => [name, 0])));
  expect(Object.keys(JSON.parse(written)).filter((name) => name !== "1")).toEqual([
    "\r",
    "\u0080",
    "\u00f6",
    "\u20ac",
    "\ud83d\ude00",
    "\ufb33",
  ]);
});

test("digest() does not depend on the order of members, and does on everything else", () => {
  expect(digest({ a: 1, b: ["2"] })).toBe(digest({ b: ["2"], a: 1, c: undefined }));
  const others = [{ a: 1, b: [2] }, { a: 1, b: ["2", null] }, { a: 1 }, [], {}, "", null];
  expect(new Set(others.map(digest)).size).toBe(others.length);
  expect(digest({})).toBe("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
});

test.each([
  ["infinity", Number.POSITIVE_INFINITY],
  ["a bigint", 1n],
  ["undefined", undefined],
  ["a hole", [undefined]],
  ["a date", new Date(0)],
  ["half a surrogate pair", "\ud800"],
])("digest() refuses %s", (_name, value) => {
  expect(() => digest(value)).toThrow(TypeError);
});
