import { afterAll, expect, test } from "bun:test";
import { type NetworkId, type Read, type Resolved, Unresolvable } from "../../domains/shared/mod.ts";
import { ChainUnreachable } from "../../ports/mod.ts";
import { accountAt, callOf, connect, drive, freshAddress, network, startAnvil } from "./_chain_test.ts";
import { faultyNode } from "./_faulty_node_test.ts";
import { createReadContract } from "./read_contract.ts";

const anvil = await startAnvil();
afterAll(anvil.stop);
const { deploy, mine, send } = drive(anvil.url);
const me = accountAt(1);
const [token, troubles] = [await deploy("Token"), await deploy("Troubles")];
await send(me, callOf(token, "mint", [me.address, 2n ** 255n]));
await mine();

const balanceOf = "function balanceOf(address owner) view returns (uint256 balance)";
const pairs = "function pairs() pure returns (uint256[2][] list, bool yes, bytes2 two, string text_)";

async function reading(call: Partial<Read<Resolved>>, url = anvil.url): Promise<Resolved> {
  await using chain = connect(url);
  const read = createReadContract(new Map([[network.id, chain]]));
  return await read(network.id, {
    to: token.address,
    function: balanceOf,
    arguments: [me.address],
    output: "balance",
    ...call,
  });
}

test("an output is read by its name, and by its place", async () => {
  const held = String(2n ** 255n);
  expect(await reading({})).toBe(held);
  expect(await reading({ output: "0" })).toBe(held);
  expect(await reading({ function: "function balanceOf(address) view returns (uint256)", output: "0" })).toBe(held);
});

test("what is read is the latest block", async () => {
  const to = freshAddress();
  expect(await reading({ arguments: [to] })).toBe("0");
  await send(me, callOf(token, "mint", [to, 7]));
  await mine();
  expect(await reading({ arguments: [to] })).toBe("7");
});

test("lists, truth, bytes and text are read each in its form", async () => {
  const call = { to: troubles.address, function: pairs, arguments: [] };
  const expected: readonly Resolved[] = [
    [
      ["0", "0"],
      ["3", String(2n ** 256n - 1n)],
    ],
    true,
    "0xbeef",
    "text",
  ];
  for (const [place, name] of ["list", "yes", "two", "text_"].entries()) {
    expect(await reading({ ...call, output: name })).toEqual(expected[place] ?? "");
    expect(await reading({ ...call, output: `${place}` })).toEqual(expected[place] ?? "");
  }
});

test("an address may be written in one case", async () => {
  expect(await reading({ to: token.address.toLowerCase(), arguments: [me.address.toLowerCase()] })).toBe(
    String(2n ** 255n),
  );
});

test.each([
  ["there is no such output", { output: "assets" }, "The function has no such output"],
  ["the place is beyond the outputs", { output: "1" }, "The function has no such output"],
  ["the place is negative", { output: "-1" }, "The function has no such output"],
  [
    "the output has no name",
    { function: "function balanceOf(address) view returns (uint256)", output: "" },
    "The function has no such output",
  ],
  [
    "the function returns nothing",
    { function: "function balanceOf(address owner)", output: "0" },
    "The function has no such output",
  ],
  [
    "the call reverts",
    { to: troubles.address, function: "function text() returns (uint256 it)", arguments: [], output: "it" },
    "the oracle is stale",
  ],
  [
    "the call panics",
    {
      to: troubles.address,
      function: "function panic(uint256 by) returns (uint256 it)",
      arguments: ["0"],
      output: "it",
    },
    "panic 18: division by zero",
  ],
  [
    "the contract has no such function",
    { function: "function nothing() returns (uint256 it)", arguments: [], output: "it" },
    /revert/,
  ],
  ["nothing lives there", { to: `0x${"1".repeat(40)}` }, "The contract's answer is not of the function's form"],
  [
    "the answer is shorter than the form",
    { to: troubles.address, function: "function pairs() returns (uint256[99] it)", arguments: [], output: "it" },
    "The contract's answer is not of the function's form",
  ],
  [
    "the text is no UTF-8",
    { function: "function balanceOf(address owner) returns (string it)", output: "it" },
    "The contract's answer is not of the function's form",
  ],
] as const)("where %s, there is no value", async (_, call, why) => {
  const failure = await reading(call).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Unresolvable);
  expect((failure as Unresolvable).refusal).toBe("value-unreadable");
  expect((failure as Unresolvable).message).toMatch(why);
});

test.each([
  ["is no address", { to: "0x12" }],
  ["is an address without 0x", { to: token.address.slice(2) }],
  ["is a list", { to: [token.address] }],
  ["is truth", { to: true }],
  ["is an ICAP address", { to: "XE7338O073KYGTWWZN0F2WZ0R8PX5ZPPZS" }],
  [
    "has a wrong checksum",
    {
      to: token.address
        .replace(/[a-f]/, (letter) => letter.toUpperCase())
        .replace(/[A-F](?=[^A-F]*$)/, (letter) => letter.toLowerCase()),
    },
  ],
  ["has a function that is none", { function: "balanceOf(address)" }],
  ["has too few arguments", { arguments: [] }],
  ["has an argument that does not fit", { arguments: ["me"] }],
] as const)("a read that %s is malformed, and nobody is asked", async (_, call) => {
  await using node = faultyNode(anvil.url);
  const failure = await reading(call, node.url).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Unresolvable);
  expect((failure as Unresolvable).refusal).toBe("value-malformed");
  expect(node.asked).toEqual([]);
});

test.each([
  { error: { code: -32000, message: "header not found" } },
  { error: { code: -32005, message: "limit" } },
  { result: null },
  { result: "0xzz" },
  { result: 7 },
])("a node that answers %j has not told that there is no value", async (told) => {
  await using node = faultyNode(anvil.url);
  node.meddle = (method) => (method === "eth_call" ? told : undefined);
  await expect(reading({}, node.url)).rejects.toThrow(ChainUnreachable);
});

test("a network without a node is unreachable", async () => {
  const read = createReadContract(new Map());
  const call = { to: token.address, function: balanceOf, arguments: [me.address], output: "balance" };
  await expect(read("eip155:5" as NetworkId, call)).rejects.toThrow(ChainUnreachable);
});
