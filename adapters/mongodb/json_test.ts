import { expect, test } from "bun:test";
import fc from "fast-check";
import { withMongodb } from "../../bootstrap/servers/mod.ts";
import type { RecordKind } from "../../ports/mod.ts";
import { fromStored, toStored } from "./_json.ts";
import { replica } from "./_stand_test.ts";

const key = fc.oneof(
  fc.constantFrom(
    "$ref",
    "$id",
    "$db",
    "$schema",
    "_bsontype",
    "__proto__",
    "%24x",
    "a.b",
    "a\0b",
    "",
    "_id",
    "toBSON",
  ),
  fc.string({ unit: "grapheme" }),
);
const { json } = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
  ),
  json: fc.oneof(
    { maxDepth: 4 },
    tie("leaf"),
    fc.array(tie("json"), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie("json")), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  ),
}));

function keysOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const own = Array.isArray(value) ? [] : Object.keys(value);
  return [...own, ...Object.values(value).flatMap(keysOf)];
}

test("what is stored comes back, and has no key that means something to MongoDB", () => {
  fc.assert(
    fc.property(json, (value) => {
      const stored = toStored(value);
      expect(fromStored(stored)).toEqual(value);
      for (const each of keysOf(stored)) expect(each).not.toMatch(/^\$|\0|^_bsontype$|^__proto__$/);
    }),
  );
});

test("what has usual keys only is stored as it is", () => {
  const value = { plays: [{ id: "p1", amounts: { "eip155:1/slip44:60": "1" } }] };
  expect(toStored(value)).toBe(value);
});

await withMongodb((url) => {
  test("any JSON comes back from the database as it was", async () => {
    const kind: RecordKind<unknown> = { name: "json", indexes: [] };
    const records = replica(url).stores.records(kind);
    let count = 0;
    await fc.assert(
      fc.asyncProperty(json, async (value) => {
        const id = `${count++}`;
        await records.put(id, { value }, 0);
        expect((await records.get(id))?.value).toEqual({ value });
      }),
      { numRuns: 60 },
    );
  });
});
