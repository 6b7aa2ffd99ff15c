import { expect, test } from "bun:test";
import {
  type Duration,
  type Facts,
  operationsOf,
  type Read,
  type Resolved,
  resolveValue,
  standsOn,
  Unresolvable,
  type Value,
  type ValueRefusal,
} from "./mod.ts";

const most = (2n ** 256n - 1n).toString();
const known: Record<string, Resolved> = { "order.amount": "100", "parameters.flags": [true, ["7"]] };

/** Facts that note what was read; a chain that answers what it was asked with. */
function factsWith(read: Facts["read"] = async () => "42") {
  const calls: Read<Resolved>[] = [];
  const facts: Facts = {
    from: (path) => known[path],
    now: () => 1_000n,
    read: (call) => {
      calls.push(call);
      return read(call);
    },
  };
  return { facts, calls };
}

const resolve = (value: unknown) => resolveValue(value as Value, factsWith().facts);
const refused = (refusal: ValueRefusal) => ({ ok: false, refusal }) as const;

test("literals stand for themselves, lists for what their members come to", async () => {
  const list = ["a", true, [], [{ from: "order.amount" }, ["b"]]];
  expect(await resolve(list)).toEqual({ ok: true, value: ["a", true, [], ["100", ["b"]]] });
});

test.each([
  [{ from: "order.amount" }, "100"],
  [{ from: "parameters.flags" }, [true, ["7"]]],
  [{ now: "PT20M" as Duration }, "2200"],
  [{ sum: ["1", "2", { from: "order.amount" }] }, "103"],
  [{ difference: ["10", "3", "2"] }, "5"],
  [{ product: ["6", "7"] }, "42"],
  [{ quotient: ["7", "2"] }, "3"],
  [{ quotient: ["100", "7", "2"] }, "7"],
  [{ least: ["9", "10", "11"] }, "9"],
  [{ greatest: ["9", "10"] }, "10"],
  [{ sum: ["5"] }, "5"],
  [{ quotient: [{ product: [{ from: "order.amount" }, "9950"] }, "10000"] }, "99"],
  [{ sum: [most, "0"] }, most],
  [{ difference: ["5", "5"] }, "0"],
])("%j comes to %j", async (value, expected) => {
  expect(await resolve(value)).toEqual({ ok: true, value: expected as Resolved });
});

test.each([
  ["a result above 2^256 - 1", { sum: [most, "1"] }, "value-out-of-range"],
  ["a result on the way above 2^256 - 1", { quotient: [{ product: [most, "2"] }, "2"] }, "value-out-of-range"],
  ["a sum that is too large on the way", { difference: [{ sum: [most, most] }, most] }, "value-out-of-range"],
  ["a list's result on the way above 2^256 - 1", { product: [most, "2", "0"] }, "value-out-of-range"],
  ["a result below zero", { difference: ["1", "2"] }, "value-out-of-range"],
  ["a result on the way below zero", { sum: [{ difference: ["1", "2"] }, "5"] }, "value-out-of-range"],
  ["an operand above 2^256 - 1", { least: ["1", (2n ** 256n).toString()] }, "value-out-of-range"],
  ["a division by zero", { quotient: ["1", "0"] }, "value-out-of-range"],
  ["a division of zero by zero", { quotient: ["0", "0"] }, "value-out-of-range"],
  ["a division by a difference of nothing", { quotient: ["1", { difference: ["3", "3"] }] }, "value-out-of-range"],
  ["an unknown fact", { from: "order.price" }, "value-unknown"],
  ["an unknown fact deep within", { sum: ["1", { least: ["2", { from: "steps.a.effects.b" }] }] }, "value-unknown"],
  ["arithmetic with text", { sum: ["1", "two"] }, "value-malformed"],
  ["arithmetic with a sign", { sum: ["1", "-2"] }, "value-malformed"],
  ["arithmetic with leading zeros", { sum: ["1", "02"] }, "value-malformed"],
  ["arithmetic with truths", { sum: ["1", true] }, "value-malformed"],
  ["arithmetic with lists", { sum: ["1", ["2"]] }, "value-malformed"],
  ["arithmetic with nothing", { sum: [] }, "value-malformed"],
  ["arithmetic without a list", { sum: "12" }, "value-malformed"],
  ["an unknown operation", { modulo: ["5", "3"] }, "value-malformed"],
  ["an operation by an inherited name", { toString: ["5", "3"] }, "value-malformed"],
  ["no operation at all", {}, "value-malformed"],
  ["a time that is none", { now: "soon" }, "value-malformed"],
  ["a number", 5, "value-malformed"],
  ["null", null, "value-malformed"],
  ["null among operands", { sum: ["1", null] }, "value-malformed"],
  ["a read of nothing", { read: null }, "value-malformed"],
  ["a read without arguments", { read: { to: "0xa", function: "f", output: "0" } }, "value-malformed"],
  ["a read with text for arguments", { read: { to: "0xa", function: "f", arguments: "ab" } }, "value-malformed"],
  ["a read without a target", { read: { function: "f", arguments: [], output: "0" } }, "value-malformed"],
])("%s is refused", async (_what, value, refusal) => {
  expect(await resolve(value)).toMatchObject(refused(refusal as ValueRefusal));
});

test("a read is asked with what its target and arguments come to", async () => {
  const { facts, calls } = factsWith();
  const signature = "function quote(uint256 amount, address[] path) view returns (uint256 out)";
  const value: Value = {
    read: {
      ...{ to: { from: "order.amount" }, function: signature, output: "out" },
      arguments: [{ sum: ["1", { from: "order.amount" }] }, ["0xa", { from: "order.amount" }]],
    },
  };
  expect(await resolveValue({ sum: [value, "1"] }, facts)).toEqual({ ok: true, value: "43" });
  expect(calls).toEqual([{ to: "100", function: signature, output: "out", arguments: ["101", ["0xa", "100"]] }]);
});

test("a read within a read is asked first", async () => {
  const { facts, calls } = factsWith(async ({ to }) => `${to}'`);
  const read = (to: Value): Value => ({ read: { to, function: "f", arguments: [], output: "0" } });
  expect(await resolveValue(read(read("0xa")), facts)).toEqual({ ok: true, value: "0xa''" });
  expect(calls.map(({ to }) => to)).toEqual(["0xa", "0xa'"]);
});

test("a read that the chain has no value for is unreadable; a fault of the node passes through", async () => {
  const value: Value = { read: { to: "0xa", function: "f", arguments: [], output: "0" } };
  const reverted = factsWith(async () => {
    throw new Unresolvable("value-unreadable", "It reverted");
  });
  expect(await resolveValue(value, reverted.facts)).toEqual({ ...refused("value-unreadable"), detail: "It reverted" });
  const fault = new Error("The node is down");
  const down = factsWith(() => Promise.reject(fault));
  await expect(resolveValue([value], down.facts)).rejects.toBe(fault);
});

test("what fails spares the reads that come after it", async () => {
  const { facts, calls } = factsWith();
  const read: Value = { read: { to: "0xa", function: "f", arguments: [], output: "0" } };
  expect(await resolveValue([{ from: "nothing" }, read], facts)).toMatchObject(refused("value-unknown"));
  expect(calls).toEqual([]);
});

test("operationsOf() finds the nested ones too", () => {
  const amount: Value = { from: "order.amount" };
  const read: Value = { read: { to: amount, function: "f", arguments: [[{ now: "PT1S" as Duration }]], output: "0" } };
  const sum: Value = { sum: ["1", read] };
  expect(operationsOf(["text", true, [sum]])).toEqual([sum, read, amount, { now: "PT1S" as Duration }]);
});

test("standsOn() finds a fact in the depths of a value, and not its like", () => {
  const value: Value = [
    { sum: ["1", { least: [{ from: "order.amount" }] }] },
    { from: "order.amounts" },
    "order.price",
  ];
  expect(standsOn(value, "order.amount")).toBe(true);
  expect(standsOn(value, "order.price")).toBe(false);
  expect(standsOn({ from: "order.amounts" }, "order.amount")).toBe(false);
});
