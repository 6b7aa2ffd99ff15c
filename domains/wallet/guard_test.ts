import { expect, test } from "bun:test";
import { type AssetId, amount, delta } from "../shared/mod.ts";
import { codec } from "./_abi_test.ts";
import { accountOf, evm, native, shares, usd, usdContract, vaultContract } from "./_chain_test.ts";
import { approve, deposit, definition as honest } from "./_platform_test.ts";
import type { Simulation } from "./chain.ts";
import { guardCall, guardOutcome, termsOf } from "./guard.ts";
import { callOf, type ResolvedIntent } from "./intent.ts";
import type { PlayDefinition } from "./play_terms.ts";

const { account, address: own } = accountOf("w1");
const thief = "0x90F79bf6EB2c4f870365E785982E1f101E93b906";
const nfts = "0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0";
const fee = amount("100");
const hold = { [usd]: amount("300"), [native]: amount("1000") };
const quiet: Simulation = { outcome: "success", reason: "", effects: [], allowances: [], gas: amount("1") };

type Tried = {
  readonly intent: ResolvedIntent;
  readonly declares?: Partial<PlayDefinition>;
  readonly held?: Record<string, ReturnType<typeof amount>>;
  readonly does?: Partial<Simulation>;
};

/** What the guard says of a play's transaction; with a codec that reads the bytes again. */
function tried({ intent, declares = {}, held = hold, does = {} }: Tried): string {
  const definition = { ...honest, ...declares };
  const encoded = callOf(intent, evm, codec);
  if (!encoded.ok) throw new Error(encoded.detail);
  const guarded = { definition, network: evm, own, intent, call: encoded.call, hold: held, codec };
  const declared = guardCall(guarded);
  const verdict = declared.ok ? guardOutcome(guarded, { ...quiet, ...does }, fee) : declared;
  return verdict.ok ? "allowed" : verdict.refusal;
}

/** A call of a function that the definition declares for the vault, if it declares nothing else. */
const call = (fragment: string, args: readonly unknown[], to = vaultContract) =>
  ({ type: "call", to, function: fragment, arguments: args }) as ResolvedIntent;
const declaring = (fragment: string, address = vaultContract) => ({
  contracts: [...honest.contracts, { address, functions: [fragment] }],
});
const leaves = (asset: AssetId, size: string) => ({ effects: [{ account, asset, delta: delta(`-${size}`) }] });

test("the honest play passes", () => {
  const approved = { allowances: [{ asset: usd, spender: vaultContract, amount: amount("300") }] };
  expect(tried({ intent: call(approve, [vaultContract, "300"], usdContract), does: approved })).toBe("allowed");
  const gain = { account, asset: shares, delta: delta("290") };
  const does = { effects: [...leaves(usd, "300").effects, gain] };
  expect(tried({ intent: call(deposit, ["300", own]), does })).toBe("allowed");
});

test("1: a contract that is not declared is not called", () => {
  expect(tried({ intent: call(deposit, ["300", own], thief) })).toBe("contract-undeclared");
});

test("2: a function that is not declared for the contract is not called", () => {
  const transfer = "function transfer(address to, uint256 amount)";
  expect(tried({ intent: call(transfer, [vaultContract, "300"], usdContract) })).toBe("function-undeclared");
  expect(tried({ intent: call(approve, [vaultContract, "300"]) })).toBe("function-undeclared");
  const sent = { type: "send", asset: usd, to: vaultContract, amount: "300" } as const;
  expect(tried({ intent: sent })).toBe("function-undeclared");
});

test("3: plain value goes only where the contract is declared to receive it", () => {
  const plain = { type: "send", asset: native, to: vaultContract, amount: "300" } as const;
  expect(tried({ intent: plain })).toBe("function-undeclared");
  expect(tried({ intent: plain, declares: declaring("receive() external payable") })).toBe("allowed");
});

test("4: a receiver who is neither the wallet nor declared gets nothing", () => {
  expect(tried({ intent: call(deposit, ["300", thief]) })).toBe("address-undeclared");
});

test("5: nor one who hides in tuples, lists, or padded bytes", () => {
  const route = "function route((address token, (address to, uint256 share)[] payees)[] hops)";
  const hops = (to: string) => [
    [
      [
        usdContract,
        [
          [own, "1"],
          [to, "1"],
        ],
      ],
    ],
  ];
  expect(tried({ intent: call(route, hops(thief)), declares: declaring(route) })).toBe("address-undeclared");
  expect(tried({ intent: call(route, hops(own)), declares: declaring(route) })).toBe("allowed");
  const bridge = "function burn(uint256 amount, bytes32 recipient)";
  const padded = (to: string) => `0x${"0".repeat(24)}${to.slice(2).toLowerCase()}`;
  expect(tried({ intent: call(bridge, ["1", padded(thief)]), declares: declaring(bridge) })).toBe("address-undeclared");
  expect(tried({ intent: call(bridge, ["1", padded(own)]), declares: declaring(bridge) })).toBe("allowed");
});

test("6: bytes that nobody can read are refused, and so is raw data", () => {
  const multicall = "function multicall(bytes[] calls)";
  const hidden = codec.encode(deposit, ["300", thief]);
  expect(tried({ intent: call(multicall, [[hidden]]), declares: declaring(multicall) })).toBe("bytes-opaque");
  const hook = "function deposit(uint256 assets, bytes data)";
  expect(tried({ intent: call(hook, ["1", "0x"]), declares: declaring(hook) })).toBe("allowed");
  const raw = { type: "call", to: vaultContract, data: codec.encode(deposit, ["300", own]) } as const;
  expect(tried({ intent: raw })).toBe("call-data-raw");
});

test("7: a spender who is not declared gets no allowance, by whatever function", () => {
  const declares = { contracts: [...honest.contracts, { address: thief, functions: [] }] };
  expect(tried({ intent: call(approve, [thief, "1"], usdContract), declares })).toBe("spender-undeclared");
  for (const giver of [
    "function increaseAllowance(address spender, uint256 added)",
    "function approveDelegation(address delegatee, uint256 amount)",
  ]) {
    const also = { contracts: [...declares.contracts, ...declaring(giver, usdContract).contracts] };
    expect(tried({ intent: call(giver, [thief, "1"], usdContract), declares: also })).toBe("spender-undeclared");
  }
});

test("8: an allowance above what the order holds is refused", () => {
  expect(tried({ intent: call(approve, [vaultContract, "301"], usdContract) })).toBe("allowance-above-hold");
  const most = (2n ** 256n - 1n).toString();
  expect(tried({ intent: call(approve, [vaultContract, most], usdContract) })).toBe("allowance-above-hold");
  const permit2 = "function approve(address token, address spender, uint160 amount, uint48 expiration)";
  const given = call(permit2, [usdContract, vaultContract, "301", "9"]);
  expect(tried({ intent: given, declares: declaring(permit2) })).toBe("allowance-above-hold");
  const permit =
    "function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)";
  const zero = `0x${"0".repeat(64)}`;
  const permitted = call(permit, [own, vaultContract, "301", "9", "27", zero, zero], usdContract);
  expect(tried({ intent: permitted, declares: declaring(permit, usdContract) })).toBe("allowance-above-hold");
});

test("9: an operator over everything is refused", () => {
  const operator = "function setApprovalForAll(address operator, bool approved)";
  const declares = declaring(operator, nfts);
  expect(tried({ intent: call(operator, [vaultContract, true], nfts), declares })).toBe("allowance-unlimited");
  expect(tried({ intent: call(operator, [vaultContract, false], nfts), declares })).toBe("allowed");
});

test("10: an allowance that only the simulation shows is judged like any other", () => {
  const given = (spender: string, size: string) => ({ allowances: [{ asset: usd, spender, amount: amount(size) }] });
  const intent = call(deposit, ["300", own]);
  expect(tried({ intent, does: given(thief, "1") })).toBe("spender-undeclared");
  expect(tried({ intent, does: given(vaultContract, "301") })).toBe("allowance-above-hold");
  expect(tried({ intent, does: given(thief, "0") })).toBe("allowed");
});

test("11: an asset that is not declared does not leave", () => {
  const other = `${evm.id}/erc20:${nfts}` as AssetId;
  expect(tried({ intent: call(deposit, ["300", own]), does: leaves(other, "1") })).toBe("outflow-undeclared");
});

test("12: no more leaves than the order holds", () => {
  expect(tried({ intent: call(deposit, ["300", own]), does: leaves(usd, "301") })).toBe("outflow-above-hold");
  expect(tried({ intent: call(deposit, ["300", own]), does: leaves(shares, "1") })).toBe("outflow-above-hold");
  expect(tried({ intent: call(deposit, ["300", own]), does: leaves(native, "901") })).toBe("outflow-above-hold");
});

test("13: value and fee together stay within what is held", () => {
  const valued = (value: string) => ({ ...call(deposit, ["1", own]), value }) as ResolvedIntent;
  expect(tried({ intent: valued("900") })).toBe("allowed");
  expect(tried({ intent: valued("901") })).toBe("fee-above-hold");
  expect(tried({ intent: valued("1000") })).toBe("fee-above-hold");
  expect(tried({ intent: valued("1001") })).toBe("value-above-hold");
});

test("14: a token of a collection leaves, or is allowed for, only if the order holds that token", () => {
  const assets = [...honest.assets, { asset: `${evm.id}/erc721:${nfts}` as AssetId, accrual: "none" as const }];
  const declares = { ...declaring(approve, nfts), assets };
  const [held, other] = [`${evm.id}/erc721:${nfts}/7`, `${evm.id}/erc721:${nfts}/300`] as AssetId[];
  if (!held || !other) throw new Error("no tokens");
  const it = { declares, held: { ...hold, [held]: amount("1") } };
  expect(tried({ ...it, intent: call(approve, [vaultContract, "7"], nfts) })).toBe("allowed");
  expect(tried({ ...it, intent: call(approve, [vaultContract, "0"], nfts) })).toBe("allowance-above-hold");
  expect(tried({ ...it, intent: call(deposit, ["1", own]), does: leaves(other, "1") })).toBe("outflow-above-hold");
  expect(tried({ ...it, intent: call(deposit, ["1", own]), does: leaves(held, "1") })).toBe("allowed");
  const given = (asset: AssetId, size: string) => ({
    allowances: [{ asset, spender: vaultContract, amount: amount(size) }],
  });
  const all = `${evm.id}/erc721:${nfts}` as AssetId;
  expect(tried({ ...it, intent: call(deposit, ["1", own]), does: given(held, "1") })).toBe("allowed");
  expect(tried({ ...it, intent: call(deposit, ["1", own]), does: given(other, "0") })).toBe("allowed");
  expect(tried({ ...it, intent: call(deposit, ["1", own]), does: given(other, "1") })).toBe("allowance-above-hold");
  expect(tried({ ...it, intent: call(deposit, ["1", own]), does: given(all, "2") })).toBe("allowance-above-hold");
});

test("15: a play of one network touches no other", () => {
  const declares = { network: "eip155:1" as PlayDefinition["network"] };
  expect(tried({ intent: call(deposit, ["1", own]), declares })).toBe("network-undeclared");
});

test("16: other terms than those the order was placed on do not count", () => {
  const terms = { status: "published", digest: "d1", definition: honest } as const;
  expect(termsOf(terms, "d1")).toEqual({ ok: true, definition: honest });
  expect(termsOf(terms, "d2")).toMatchObject({ refusal: "play-digest-differs" });
  expect(termsOf({ status: "unknown" }, "d1")).toMatchObject({ refusal: "play-version-unknown" });
});
