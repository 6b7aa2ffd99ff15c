import { expect, test } from "bun:test";
import { checking } from "./_world_test.ts";
import { valueFaults } from "./value_checks.ts";

const place = { knows: (path: string) => path === "order.amount", selector: checking.selector };
const faultsOf = (value: unknown) => valueFaults(value, "/it", place);
const amount = { from: "order.amount" };
const read = {
  ...{ to: amount, function: "function quote(uint256) view returns (uint256 out)", output: "out" },
  arguments: [amount],
};

test.each<[string, unknown]>([
  ["text", "0x"],
  ["a truth", false],
  ["an empty list", []],
  ["lists in lists", [["a", [true]], amount]],
  ["a known fact", amount],
  ["a time to come", { now: "PT20M" }],
  ["a read", { read }],
  ["a read's place", { read: { ...read, output: "0" } }],
  ["a sum", { sum: ["1", amount] }],
  ["a difference", { difference: ["1", amount] }],
  ["a product", { product: ["1", amount] }],
  ["a quotient", { quotient: ["1", amount] }],
  ["a least", { least: ["1"] }],
  ["a greatest of reads", { greatest: [{ read }, { sum: [{ read }, "1"] }] }],
])("%s is a value", (_what, value) => {
  expect(faultsOf(value)).toEqual([]);
});

test.each<[string, unknown, string]>([
  ["a number", 5, "/it"],
  ["null", null, "/it"],
  ["nothing", undefined, "/it"],
  ["an empty object", {}, "/it"],
  ["text that is too long", "x".repeat(20_001), "/it"],
  ["a number in a list", ["a", ["b", 5]], "/it/1/1"],
  ["an unknown operation", { modulo: ["5", "3"] }, "/it"],
  ["an inherited name", { toString: ["5", "3"] }, "/it"],
  ["two operations in one", { from: "order.amount", now: "PT1S" }, "/it"],
  ["an unknown fact", { sum: ["1", { least: [{ from: "order.price" }] }] }, "/it/sum/1/least/0"],
  ["a fact that is no text", { from: 5 }, "/it"],
  ["a fact without a name", { from: "" }, "/it"],
  ["a time that is none", { now: "20M" }, "/it"],
  ["a time that is no text", { now: 20 }, "/it"],
  ["a sum of nothing", { sum: [] }, "/it"],
  ["a sum of no list", { sum: "12" }, "/it"],
  ["a read of nothing", { read: null }, "/it/read/function"],
  ["a read of a fragment that is none", { read: { ...read, function: "quote it" } }, "/it/read/function"],
  [
    "a read of a function without outputs",
    { read: { ...read, function: "function quote(uint256) view" } },
    "/it/read/function",
  ],
  ["a read without an output", { read: { ...read, output: "" } }, "/it/read/output"],
  ["a read without arguments", { read: { ...read, arguments: undefined } }, "/it/read/arguments"],
  ["a read of an unknown fact's address", { read: { ...read, to: { from: "x" } } }, "/it/read/to"],
  ["a read with an argument that is none", { read: { ...read, arguments: ["1", 2] } }, "/it/read/arguments/1"],
  ["a read with more to it", { read: { ...read, block: "1" } }, "/it/read"],
])("%s is a fault", (_what, value, pointer) => {
  expect(faultsOf(value).map((fault) => fault.pointer)).toContain(pointer);
});

const nested = (depth: number): unknown => (depth === 0 ? "1" : [nested(depth - 1)]);
const summed = (depth: number): unknown => (depth === 0 ? "1" : { sum: [summed(depth - 1)] });

test("values nest twelve levels and no more", () => {
  expect(faultsOf(nested(12))).toEqual([]);
  expect(faultsOf(nested(13))).toEqual([{ pointer: `/it${"/0".repeat(13)}`, detail: "Values nest at most 12 levels" }]);
  // An operation and its list are a level each.
  expect(faultsOf(summed(6))).toEqual([]);
  expect(faultsOf(summed(7))).toEqual([
    { pointer: `/it${"/sum/0".repeat(6)}/sum`, detail: "Values nest at most 12 levels" },
  ]);
});

test("the faults of a value are told without the value", () => {
  const told = JSON.stringify(faultsOf([{ secret: ["hush"] }, { from: "hush" }, { now: "hush" }, { read: { to: 5 } }]));
  expect(told).not.toContain("hush");
  expect(told).not.toContain("secret");
});
