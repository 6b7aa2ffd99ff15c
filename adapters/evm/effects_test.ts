import { afterAll, expect, test } from "bun:test";
import { id } from "ethers";
import { accountId, delta } from "../../domains/shared/mod.ts";
import { ChainUnreachable } from "../../ports/mod.ts";
import { accountAt, callOf, connect, freshAddress, network, sorted, tokenOf } from "./_chain_test.ts";
import { faultyNode, missing } from "./_faulty_node_test.ts";
import { setStage } from "./_stage_test.ts";

const { anvil, balance, contracts, me, mine, own, rpc, send } = await setStage();
afterAll(anvil.stop);
const { token, taxed, silent, items, collection, wrapper, stakes, payer, troubles } = contracts;
const friend = accountAt(4);

/** How a node lets the change of a native balance be read: by states, by calls, or only by balances. */
const ways = ["prestateTracer", "callTracer", "trace_transaction", "balances"] as const;
type Way = (typeof ways)[number];

async function receiptBy(way: Way, hash: string, address: string) {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  node.meddle = (method, [, options]) => {
    const isOther = method !== way && (options as { tracer?: string } | undefined)?.tracer !== way;
    return /^(debug|trace)_/.test(method) && isOther ? missing : undefined;
  };
  const receipt = await chain.receipt(hash, address);
  if (!receipt) throw new Error("It is not mined");
  return receipt;
}

/** Sends it alone in a block; what it changed for the sender besides the fee, and by how much the balance really changed. */
async function effectsOf(way: Way, call: Parameters<typeof send>[1], gas?: bigint) {
  const before = await balance(me.address);
  const hash = await send(me, call, gas);
  await mine();
  const { outcome, fee, effects } = await receiptBy(way, hash, me.address);
  const native = BigInt(effects.find(({ asset }) => asset === network.nativeAsset)?.delta ?? 0);
  expect(native).toBe((await balance(me.address)) - before);
  return {
    outcome,
    native: native + BigInt(fee),
    tokens: effects.filter(({ asset }) => asset !== network.nativeAsset),
  };
}

test.each(ways)("a transfer takes its value and its fee (%s)", async (way) => {
  const done = await effectsOf(way, { to: freshAddress(), value: 7n });
  expect(done).toEqual({ outcome: "success", native: -7n, tokens: [] });
});

test.each(ways)("what a contract pays back is counted (%s)", async (way) => {
  expect(await effectsOf(way, callOf(troubles, "half", [], 10n))).toEqual({
    outcome: "success",
    native: -5n,
    tokens: [],
  });
  const paid = await effectsOf(way, callOf(payer, "pay", [[me.address, me.address], 30]));
  expect(paid).toEqual({ outcome: "success", native: 60n, tokens: [] });
});

test.each(ways)("a payment within that was undone is not (%s)", async (way) => {
  const done = await effectsOf(way, callOf(payer, "waver", [me.address, 30]));
  expect(done).toEqual({ outcome: "success", native: 30n, tokens: [] });
});

test.each(ways)("a reverted transaction changes nothing but its fee (%s)", async (way) => {
  const done = await effectsOf(way, callOf(troubles, "loud", [me.address], 10n));
  expect(done).toEqual({ outcome: "reverted", native: 0n, tokens: [] });
  const starved = await effectsOf(way, callOf(token, "transfer", [friend.address, 1]), 30_000n);
  expect(starved).toEqual({ outcome: "reverted", native: 0n, tokens: [] });
});

test.each(ways)("a contract that is made or ends takes and pays what it has (%s)", async (way) => {
  // Made, it ends: PUSH20 of the sender, SELFDESTRUCT.
  const made = await effectsOf(way, { data: `0x73${me.address.slice(2)}ff`, value: 10n });
  expect(made).toEqual({ outcome: "success", native: 0n, tokens: [] });
  expect((await effectsOf(way, { data: "0x", value: 10n })).native).toBe(-10n);
});

test.each(ways)("wrapping and unwrapping changes both assets (%s)", async (way) => {
  const wrapped = await effectsOf(way, callOf(wrapper, "deposit", [], 30n));
  expect(wrapped).toEqual({ outcome: "success", native: -30n, tokens: [own(tokenOf(wrapper.address), "30")] });
  const unwrapped = await effectsOf(way, callOf(wrapper, "withdraw", [20]));
  expect(unwrapped).toEqual({ outcome: "success", native: 20n, tokens: [own(tokenOf(wrapper.address), "-20")] });
  const plain = await effectsOf(way, { to: wrapper.address, value: 5n });
  expect(plain).toEqual({ outcome: "success", native: -5n, tokens: [own(tokenOf(wrapper.address), "5")] });
});

test("tokens change: ERC-20, one that returns nothing, one that keeps a part, ERC-721, ERC-1155", async () => {
  const to = freshAddress();
  const cases = [
    [callOf(token, "transfer", [to, 40]), [own(tokenOf(token.address), "-40")]],
    [callOf(silent, "transfer", [to, 40]), [own(tokenOf(silent.address), "-40")]],
    [callOf(taxed, "transfer", [to, 40]), [own(tokenOf(taxed.address), "-40")]],
    [callOf(collection, "transferFrom", [me.address, to, 7]), [own(tokenOf(collection.address, "erc721", 7), "-1")]],
    [
      callOf(items, "safeBatchTransferFrom", [me.address, to, [1, 2], [3, 4], "0x"]),
      [own(tokenOf(items.address, "erc1155", 1), "-3"), own(tokenOf(items.address, "erc1155", 2), "-4")],
    ],
    [callOf(stakes, "stake", [], 0n), []],
    [callOf(troubles, "boast"), []],
    [callOf(token, "transfer", [me.address, 40]), []],
  ] as const;
  for (const [call, tokens] of cases) {
    const done = await effectsOf("prestateTracer", call);
    expect({ ...done, tokens: sorted(done.tokens) }).toEqual({
      outcome: "success",
      native: 0n,
      tokens: sorted(tokens),
    });
  }
});

test.each(ways)(
  "another account's transaction changes what it moved, and no fee is the account's (%s)",
  async (way) => {
    const before = await balance(friend.address);
    const hash = await send(me, callOf(payer, "pay", [[friend.address], 30]));
    await mine();
    const { effects } = await receiptBy(way, hash, friend.address);
    expect(effects).toEqual([
      { account: accountId(network.id, friend.address), asset: network.nativeAsset, delta: delta("30") },
    ]);
    expect(await balance(friend.address)).toBe(before + 30n);
  },
);

test.each(["prestateTracer", "callTracer", "trace_transaction"] as const)(
  "two transactions in one block are told apart (%s)",
  async (way) => {
    const first = await send(me, { to: freshAddress(), value: 7n });
    const second = await send(me, callOf(troubles, "half", [], 10n));
    await send(friend, { to: me.address, value: 1_000n });
    await mine();
    const receipts = [await receiptBy(way, first, me.address), await receiptBy(way, second, me.address)];
    const values = receipts.map(({ fee, effects }) => BigInt(effects[0]?.delta ?? 0) + BigInt(fee));
    expect(values).toEqual([-7n, -5n]);
  },
);

test.each(["sent", "received"])(
  "without a trace, nothing is guessed where the account also %s in the same block",
  async (what) => {
    const hash = await send(me, { to: freshAddress(), value: 7n });
    await (what === "sent" ? send(me, { to: freshAddress(), value: 1n }) : send(friend, { to: me.address, value: 1n }));
    await mine();
    const asked = receiptBy("balances", hash, me.address);
    await expect(asked).rejects.toThrow(ChainUnreachable);
    await expect(receiptBy("balances", hash, me.address)).rejects.toThrow("it was not alone in its block");
  },
);

test.each([
  { result: {} },
  { result: { structLogs: [] } },
  { result: null },
  { result: [] },
  { error: { code: -32000, message: "tracing is switched off" } },
])("a node that traces in a way of its own is read by balances: %j", async (told) => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  node.meddle = (method) => (/^(debug|trace)_/.test(method) ? told : undefined);
  const hash = await send(me, { to: freshAddress(), value: 7n });
  await mine();
  const receipt = await chain.receipt(hash, me.address);
  expect(BigInt(receipt?.effects[0]?.delta ?? 0) + BigInt(receipt?.fee ?? 0)).toBe(-7n);
  expect(chain.logged).toEqual([]);
});

test("a tracing node that fails is no reason to read balances", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  node.meddle = (method) => (method.startsWith("debug_") ? { error: { code: -32005, message: "limit" } } : undefined);
  const hash = await send(me, { to: freshAddress(), value: 7n });
  await mine();
  await expect(chain.receipt(hash, me.address)).rejects.toThrow(ChainUnreachable);
  expect(node.asked).not.toContain("eth_getBalance");
});

test("states by addresses in any spelling, and without what did not change, are read", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  const hash = await send(me, { to: freshAddress(), value: 7n });
  await mine();
  node.meddle = (method) => {
    return method === "debug_traceTransaction" ? { result: states } : undefined;
  };
  const pre = { [me.address]: { balance: "0x64" } };
  let states: object = { pre, post: { [me.address]: { balance: "0x5a" } } };
  expect((await chain.receipt(hash, me.address))?.effects).toEqual([own(network.nativeAsset, "-10")]);
  for (const post of [{ [me.address]: { nonce: 3 } }, {}]) {
    states = { pre, post };
    expect((await chain.receipt(hash, me.address))?.effects).toEqual([]);
  }
});

test("logs that only look like those of tokens move nothing, and are no hindrance", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  const hash = await send(me, callOf(token, "transfer", [freshAddress(), 40]));
  await mine();
  const receipt = await rpc<{ logs: { topics: string[] }[] }>("eth_getTransactionReceipt", hash);
  const party = `0x${me.address.slice(2).toLowerCase().padStart(64, "0")}`;
  const [transfer, deposit, withdrawal, single, batch] = [
    "Transfer(address,address,uint256)",
    "Deposit(address,uint256)",
    "Withdrawal(address,uint256)",
    "TransferSingle(address,address,address,uint256,uint256)",
    "TransferBatch(address,address,address,uint256[],uint256[])",
  ].map(id);
  const strange = [transfer, deposit, withdrawal, single, batch].flatMap((topic) => [[topic], [topic, party]]);
  const fakes = [[], [id("Unheard()")], ...strange, [deposit, party, party], [withdrawal, party, party]];
  const absurd = `0x${"40".padStart(64, "0")}${"60".padStart(64, "0")}${"f".repeat(64)}${"f".repeat(64)}`;
  const logs = [...fakes, [batch, party, party, party]].flatMap((topics) =>
    ["0x", absurd].map((data) => ({ ...receipt.logs[0], topics, data })),
  );
  const unwrapping = [[deposit], [withdrawal], [deposit, party, party]].map((topics) => {
    return { address: wrapper.address, topics, data: absurd };
  });
  const result = { ...receipt, logs: [...receipt.logs, ...logs, ...unwrapping] };
  node.meddle = (method) => (method === "eth_getTransactionReceipt" ? { result } : undefined);
  const { effects = [] } = (await chain.receipt(hash, me.address)) ?? {};
  expect(effects.filter(({ asset }) => asset !== network.nativeAsset)).toEqual([own(tokenOf(token.address), "-40")]);
});
