import { afterAll, expect, test } from "bun:test";
import { amount } from "../../domains/shared/mod.ts";
import type { Call } from "../../domains/wallet/mod.ts";
import { type Contract, callOf, connect, freshAddress, network, sorted, tokenOf } from "./_chain_test.ts";
import { faultyNode, missing } from "./_faulty_node_test.ts";
import { setStage } from "./_stage_test.ts";

const { anvil, contracts, me, mine, mint, own } = await setStage();
afterAll(anvil.stop);
const { token, taxed, silent, collection, items, wrapper, stakes, payer, permits, troubles } = contracts;
const friend = freshAddress();

function planned(contract: Contract, name: string, args: readonly unknown[] = [], value = 0n): Call {
  return { ...callOf(contract, name, args), value: amount(value) };
}

/** A node that simulates by `eth_simulateV1`, and one that only traces calls. */
const nodes = ["eth_simulateV1", "debug_traceCall"] as const;

async function simulate(call: Call, method: (typeof nodes)[number] = "eth_simulateV1", from = me.address) {
  await using node = faultyNode(anvil.url);
  node.meddle = (asked) => (nodes.some((each) => each === asked) && asked !== method ? missing : undefined);
  await using chain = connect(node.url);
  return await chain.simulate(from, call);
}

test.each(nodes)("a plain transfer takes its value, without the fee (%s)", async (method) => {
  const call: Call = { to: friend, value: amount("5"), data: "0x" };
  const { outcome, reason, effects, allowances } = await simulate(call, method);
  expect({ outcome, reason, effects, allowances }).toEqual({
    ...{ outcome: "success", reason: "", allowances: [] },
    effects: [own(network.nativeAsset, "-5")],
  });
});

test.each(nodes)("what a contract pays back is counted (%s)", async (method) => {
  const { effects } = await simulate(planned(troubles, "half", [], 10n), method);
  expect(effects).toEqual([own(network.nativeAsset, "-5")]);
});

test.each(nodes)("a call within that is undone moves nothing, and logs nothing (%s)", async (method) => {
  const { outcome, effects } = await simulate(planned(troubles, "swallow", [], 10n), method);
  expect(outcome).toBe("success");
  expect(effects).toEqual([own(network.nativeAsset, "-10")]);
});

test.each(nodes)(
  "tokens move: ERC-20, one that returns nothing, one that keeps a part, ERC-721, ERC-1155 (%s)",
  async (method) => {
    const cases = [
      [planned(token, "transfer", [friend, 40]), own(tokenOf(token.address), "-40")],
      [planned(silent, "transfer", [friend, 40]), own(tokenOf(silent.address), "-40")],
      [planned(taxed, "transfer", [friend, 40]), own(tokenOf(taxed.address), "-40")],
      [
        planned(collection, "transferFrom", [me.address, friend, 7]),
        own(tokenOf(collection.address, "erc721", 7), "-1"),
      ],
      [
        planned(items, "safeTransferFrom", [me.address, friend, 2, 15, "0x"]),
        own(tokenOf(items.address, "erc1155", 2), "-15"),
      ],
    ] as const;
    for (const [call, effect] of cases) expect((await simulate(call, method)).effects).toEqual([effect]);
    const batch = planned(items, "safeBatchTransferFrom", [me.address, friend, [1, 2], [3, 4], "0x"]);
    const moved = [own(tokenOf(items.address, "erc1155", 1), "-3"), own(tokenOf(items.address, "erc1155", 2), "-4")];
    expect((await simulate(batch, method)).effects).toEqual(moved);
  },
);

test.each(nodes)("wrapping and unwrapping moves both assets, though no Transfer says so (%s)", async (method) => {
  const wrapped = await simulate(planned(wrapper, "deposit", [], 30n), method);
  expect(sorted(wrapped.effects)).toEqual(
    sorted([own(tokenOf(wrapper.address), "30"), own(network.nativeAsset, "-30")]),
  );
  const unwrapped = await simulate(planned(wrapper, "withdraw", [30]), method);
  expect(sorted(unwrapped.effects)).toEqual(
    sorted([own(tokenOf(wrapper.address), "-30"), own(network.nativeAsset, "30")]),
  );
});

test.each(nodes)("what a contract hands on within the call is counted (%s)", async (method) => {
  await mint(payer.address, 5n);
  await mine();
  const { effects } = await simulate(planned(payer, "hand", [token.address, me.address, 5]), method);
  expect(effects).toEqual([own(tokenOf(token.address), "5")]);
});

test("a call by delegation moves no value: it has that of its caller", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  const party = { from: me.address, to: friend, value: "0x5" };
  const frame = {
    ...party,
    type: "CALL",
    calls: [
      { ...party, type: "DELEGATECALL" },
      { ...party, type: "CALLCODE" },
    ],
  };
  node.meddle = (method) => {
    if (method === "eth_simulateV1") return missing;
    return method === "debug_traceCall" ? { result: frame } : undefined;
  };
  const { effects } = await chain.simulate(me.address, planned(troubles, "half", [], 5n));
  expect(effects).toEqual([own(network.nativeAsset, "-5")]);
});

test("what logs a Deposit and is no wrapper gives no token", async () => {
  const { effects } = await simulate(planned(stakes, "stake", [], 30n));
  expect(effects).toEqual([own(network.nativeAsset, "-30")]);
});

test("a token that claims more than there can be changes nothing", async () => {
  expect((await simulate(planned(troubles, "boast"))).effects).toEqual([]);
});

test("what comes and goes in one call is no change", async () => {
  expect((await simulate(planned(token, "transfer", [me.address, 40]))).effects).toEqual([]);
});

test.each(nodes)("allowances that the call gives are told, with whom and how much (%s)", async (method) => {
  const most = 2n ** 256n - 1n;
  const cases = [
    [planned(token, "approve", [friend, most]), tokenOf(token.address), String(most)],
    [planned(token, "approve", [friend, 0]), tokenOf(token.address), "0"],
    [planned(collection, "approve", [friend, 7]), tokenOf(collection.address, "erc721", 7), "1"],
    [planned(collection, "setApprovalForAll", [friend, true]), tokenOf(collection.address, "erc721"), String(most)],
    [planned(items, "setApprovalForAll", [friend, true]), tokenOf(items.address, "erc721"), String(most)],
  ] as const;
  for (const [call, asset, allowed] of cases) {
    const { allowances, effects } = await simulate(call, method);
    expect(allowances).toEqual([{ asset, spender: friend, amount: amount(allowed) }]);
    expect(effects).toEqual([]);
  }
  expect((await simulate(planned(items, "setApprovalForAll", [friend, false]), method)).allowances).toEqual([]);
});

test("what Permit2 may hand on is an allowance of the token, to the one whom it names", async () => {
  const allowed = { asset: tokenOf(token.address), spender: friend, amount: amount("30") };
  const approved = await simulate(planned(permits, "approve", [token.address, friend, 30, 9]));
  expect(approved.allowances).toEqual([allowed]);
  const permitted = await simulate(planned(permits, "permit", [me.address, token.address, friend, 30]));
  expect(permitted.allowances).toEqual([allowed]);
  const others = await simulate(planned(permits, "permit", [friend, token.address, me.address, 30]));
  expect(others.allowances).toEqual([]);
});

test.each(nodes)("why a call would revert is told in words (%s)", async (method) => {
  const cases = [
    [planned(troubles, "text"), "the oracle is stale"],
    [planned(troubles, "panic", [0]), "panic 18: division by zero"],
    [planned(troubles, "custom"), "custom error 0xf1c95f7a"],
    [planned(troubles, "known"), `ERC20InsufficientBalance(0x${"0".repeat(39)}1, 2, 3)`],
    [planned(token, "transferFrom", [friend, me.address, 1]), `ERC20InsufficientAllowance(${me.address}, 0, 1)`],
    [planned(wrapper, "withdraw", [501]), "not as much"],
  ] as const;
  for (const [call, reason] of cases) {
    const { outcome, effects, allowances, ...simulated } = await simulate(call, method);
    expect({ outcome, effects, allowances }).toEqual({ outcome: "reverted", effects: [], allowances: [] });
    expect(String(simulated.reason)).toBe(reason);
  }
  const { outcome, reason } = await simulate(planned(troubles, "silent"), method);
  expect(outcome).toBe("reverted");
  expect(reason).not.toBe("");
});

test.each(nodes)("what the account cannot pay reverts (%s)", async (method) => {
  const call: Call = { to: friend, value: amount(10n ** 24n), data: "0x" };
  const { outcome, reason } = await simulate(call, method);
  expect(outcome).toBe("reverted");
  expect(reason).toMatch(/insufficient funds|exceeds balance|out of funds/i);
});

test("a gas estimate that reverts overrules a simulation that does not", async () => {
  await using node = faultyNode(anvil.url);
  await using chain = connect(node.url);
  const error = { code: 3, message: "execution reverted: too late" };
  node.meddle = (method) => (method === "eth_estimateGas" ? { error } : undefined);
  const simulated = await chain.simulate(me.address, planned(token, "transfer", [friend, 40]));
  expect(simulated).toMatchObject({ outcome: "reverted", reason: "execution reverted: too late", effects: [] });
});
