import { afterAll, expect, test } from "bun:test";
import { accountId } from "../../domains/shared/mod.ts";
import { ChainUnreachable } from "../../ports/mod.ts";
import { callOf, connect, freshAddress, nativeArrival, network, tokenArrival } from "./_chain_test.ts";
import { faultyNode, missing } from "./_faulty_node_test.ts";
import { setStage } from "./_stage_test.ts";

const { anvil, contracts, me: payer, mined, mint, pay, rpc, send } = await setStage();
afterAll(anvil.stop);
const { token } = contracts;

test("where no node traces, what transactions pay arrives, and people are told of the rest", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  node.meddle = (method) => (method.startsWith("debug_") ? missing : undefined);
  const [to, unknown] = [freshAddress(), freshAddress()];
  const hash = await send(payer, { to, value: 7n });
  await pay([unknown], 5n);
  const block = await mined();
  expect(await chain.arrivals(block, new Set([to, unknown]))).toEqual([nativeArrival(to, 7n, hash)]);
  const details = { network: network.id, block: block.number, hash: block.hash };
  const accounts = [accountId(network.id, unknown)];
  expect(chain.logged).toEqual([
    { message: "Something native arrived that no transaction explains", details: { ...details, accounts } },
  ]);
});

test.each([
  { error: { code: -32602, message: "too many arguments, want at most 2" } },
  { error: { code: -32000, message: "missing trie node 0badc0de (path )" } },
  { result: "0x" },
])("where no node tells balances, what transactions pay arrives, and people are told once: %j", async (told) => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  node.meddle = (method) => (method === "eth_call" ? told : undefined);
  const to = freshAddress();
  for (let block = 0; block < 2; block++) {
    const hash = await send(payer, { to, value: 7n });
    expect(await chain.arrivals(await mined(), new Set([to]))).toEqual([nativeArrival(to, 7n, hash)]);
  }
  expect(chain.logged).toHaveLength(1);
});

test.each(["eth_getBlockByHash", "eth_getTransactionReceipt", "eth_getLogs", "eth_call", "debug_traceBlockByHash"])(
  "without %s nothing is said of what arrived",
  async (method) => {
    await using node = faultyNode(anvil.url);
    await using chain = connect(node.url);
    const to = freshAddress();
    await send(payer, { to, value: 1n });
    await pay([to], 5n);
    const block = await mined();
    for (const told of [{ error: { code: -32000, message: "unknown block" } }, { error: { code: -32005 } }]) {
      node.meddle = (asked) => (asked === method ? told : undefined);
      await expect(chain.arrivals(block, new Set([to]))).rejects.toThrow(ChainUnreachable);
    }
    node.meddle = (asked) => (asked === method ? { result: 7 } : undefined);
    if (method !== "debug_traceBlockByHash") {
      await expect(chain.arrivals(block, new Set([to]))).rejects.toThrow(ChainUnreachable);
    }
    node.meddle = () => undefined;
    expect(await chain.arrivals(block, new Set([to]))).toHaveLength(2);
  },
);

test("where no node tells balances, what reverted brings nothing all the same", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  node.meddle = (method) => (method === "eth_call" ? missing : undefined);
  const { troubles } = contracts;
  await send(payer, callOf(troubles, "text", [], 7n));
  expect(await chain.arrivals(await mined(), new Set([troubles.address]))).toEqual([]);
});

test("a block that went while it was read is unreachable", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  const to = freshAddress();
  const hash = await send(payer, { to, value: 1n });
  const block = await mined();
  const receipt = await rpc<object>("eth_getTransactionReceipt", hash);
  const moved = { ...receipt, blockHash: block.parent };
  for (const result of [null, moved]) {
    node.meddle = (method) => (method === "eth_getTransactionReceipt" ? { result } : undefined);
    await expect(chain.arrivals(block, new Set([to]))).rejects.toThrow(`it is not ${block.hash} any more`);
  }
  node.meddle = (method) => (method === "eth_getBlockByHash" ? { result: null } : undefined);
  await expect(chain.arrivals(block, new Set([to]))).rejects.toThrow(`it is not ${block.hash} any more`);
});

test("a log without data, or with more than a number, moves what its first word says", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  const to = freshAddress();
  const hash = await mint(to, 5n);
  const block = await mined();
  const [log] = await rpc<{ data: string }[]>("eth_getLogs", { blockHash: block.hash });
  node.meddle = (method) => (method === "eth_getLogs" ? { result: [{ ...log, data: "0x" }] } : undefined);
  expect(await chain.arrivals(block, new Set([to]))).toEqual([]);
  node.meddle = (method) => (method === "eth_getLogs" ? { result: [{ ...log, data: `${log?.data}ff` }] } : undefined);
  expect(await chain.arrivals(block, new Set([to]))).toEqual([tokenArrival(to, token.address, 5n, hash, 0)]);
});
