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
  [
    "a reference below something that is called like a keyword",
    { type: "object", dependentSchemas: { properties: { $ref: "#" } } },
  ],
  ["a reference of an older draft", { $recursiveRef: "#" }],
  ["a schema that would be judged later", { $async: true, type: "object" }],
  ["a comparison of all with all", { type: "array", uniqueItems: true }],
  ["a pattern that is none", { type: "string", pattern: "(" }],
  ["a pattern that refers back", { type: "string", pattern: "(a)\\1" }],
  ["a pattern that looks ahead", { type: "string", pattern: "(?=a)a" }],
  ["a pattern that is too long", { type: "string", pattern: "a".repeat(201) }],
  ["a schema that is too deep", JSON.parse(`${'{"not":'.repeat(14)}{}${"}".repeat(14)}`)],
  ["a schema that is too large", { type: "string", description: "a".repeat(21_000) }],
])("%s is a fault of the schema", (_name, schema) => {
  expect(schemas.faultsOfSchema(schema).length).toBeGreaterThan(0);
});

test.each(["^((a)*)*$", "^(aa?)+$", "^(a|a)*$", "^a*a*a*a*a*a*$", "^((a?){9}){9}$", "^(a{1,50}){1,20}$"])(
  "a pattern that others backtrack in for ages is matched at once: %s",
  (pattern) => {
    const schema = { type: "string", pattern };
    expect(schemas.faultsOfSchema(schema)).toEqual([]);
    const started = performance.now();
    expect(schemas.faultsOf(schema, `${"a".repeat(50_000)}!`)).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(2_000);
  },
);

test("patterns are those of ECMAScript, each its own", () => {
  const text = (pattern: string) => ({ type: "string", pattern });
  const schema = {
    type: "object",
    properties: { a: text("^\\p{L}\\u00e9$"), b: text("^[\\w.-]+@\\d{1,3}$"), c: text("x"), d: text("^.$") },
  };
  expect(schemas.faultsOfSchema(schema)).toEqual([]);
  expect(schemas.faultsOf(schema, { a: "éé", b: "a.b-c@12", c: "axb", d: "😀" })).toEqual([]);
  for (const wrong of [{ a: "1é" }, { b: "a@1234" }, { c: "ab" }, { d: "ab" }, { d: "\n" }]) {
    expect(schemas.faultsOf(schema, wrong)).toHaveLength(1);
  }
});

test("a property may be called like a keyword", () => {
  expect(schemas.faultsOfSchema({ type: "object", properties: { $id: { type: "string" } } })).toEqual([]);
});

test("a good schema has no faults", () => {
  expect(schemas.faultsOfSchema(leverage)).toEqual([]);
});
