import { expect, test } from "bun:test";
import { createSchemas } from "./mod.ts";

const schemas = createSchemas();
const leverage = {
  type: "object",
  properties: { leverage: { type: "string", pattern: "^[1-5]$" } },
  required: ["leverage"],
  additionalProperties: false,
};

test("a value is checked by pointer, and never repeated", () => {
  expect(schemas.faultsOf(leverage, { leverage: "3" })).toEqual([]);
  const [fault] = schemas.faultsOf(leverage, { leverage: "canary" });
  expect(fault?.pointer).toBe("/leverage");
  expect(JSON.stringify(fault)).not.toContain("canary");
  expect(schemas.faultsOf(leverage, {})).toEqual([{ pointer: "", detail: "leverage is missing" }]);
  expect(schemas.faultsOf(leverage, { leverage: "3", more: 1 })).toHaveLength(1);
});

test.each([
  ["an unknown keyword", { type: "object", colour: "red" }],
  ["an unknown type", { type: "money" }],
  ["a reference", { $ref: "https://example.org/schema.json" }],
  ["a reference within", { type: "object", properties: { a: { $ref: "#" } } }],
  ["a pattern that can blow up", { type: "string", pattern: "^(a+)+$" }],
  ["a pattern with a choice repeated", { type: "string", pattern: "^(a|a)*$" }],
  ["a pattern that refers back", { type: "string", pattern: "(a)\\1" }],
  ["a schema that is too deep", JSON.parse(`${'{"not":'.repeat(14)}{}${"}".repeat(14)}`)],
  ["a schema that is too large", { type: "string", description: "a".repeat(21_000) }],
])("%s is a fault of the schema", (_name, schema) => {
  expect(schemas.faultsOfSchema(schema).length).toBeGreaterThan(0);
});

test("a property may be called like a keyword", () => {
  expect(schemas.faultsOfSchema({ type: "object", properties: { $id: { type: "string" } } })).toEqual([]);
});

test("a good schema has no faults", () => {
  expect(schemas.faultsOfSchema(leverage)).toEqual([]);
});
