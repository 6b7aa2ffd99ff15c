import { expect, test } from "bun:test";
import { type AssetId, amount, type Duration, delta, type Instant } from "../shared/mod.ts";
import { codec } from "./_abi_test.ts";
import { evm, native, usd, usdContract } from "./_chain_test.ts";
import { registered } from "./_platform_test.ts";
import { callOf, checksummed, type Intent, resolveIntent } from "./intent.ts";
import { factsFrom, type Scope } from "./scope.ts";

const at = "2026-11-23T00:00:00.000Z" as Instant;
const pool = "function mint(address to, (uint256 amount, uint256 deadline)[] parts, bool exact)";
const scope: Scope = {
  order: { amount: amount("100") },
  parameters: { slippage: 50, exact: true, route: ["1", 2], none: null },
  position: { assets: [{ asset: usd, amount: amount("7") }], tokens: [{ contract: usdContract, id: "42" }] },
  steps: { swap: { effects: [{ asset: usd, delta: delta("-30") }], tokens: [{ contract: usdContract, id: "9" }] } },
};
const facts = factsFrom(scope, registered, at, async ({ function: read }) => `${read.length}`);

async function resolved(path: string) {
  const outcome = await resolveIntent({ type: "send", asset: usd, to: registered, amount: { from: path } }, facts);
  return outcome.ok ? (outcome.intent as { amount: unknown }).amount : outcome.refusal;
}

test("values read the order, parameters, position and earlier steps", async () => {
  expect(await resolved("order.amount")).toBe("100");
  expect(await resolved("wallet.address")).toBe(registered);
  expect(await resolved("parameters.slippage")).toBe("50");
  expect(await resolved("parameters.exact")).toBe(true);
  expect(await resolved("parameters.route")).toEqual(["1", "2"]);
  expect(await resolved(`position.${usd.toLowerCase()}`)).toBe("7");
  expect(await resolved(`position.token.${usdContract}`)).toBe("42");
  expect(await resolved(`steps.swap.effects.${usd}`)).toBe("30");
  expect(await resolved(`steps.swap.token.${usdContract.toLowerCase()}`)).toBe("9");
});

test("what is not there is unknown, and nothing is read from an object's prototype", async () => {
  for (const path of [
    "parameters.none",
    "parameters.constructor",
    "parameters.toString",
    "steps.constructor.effects.x",
    "steps.other.token.x",
    `position.${native}`,
    "order.owner",
    "",
  ]) {
    expect(await resolved(path)).toBe("value-unknown");
  }
});

test("nested values are computed where they stand", async () => {
  const deadline = { now: "PT20M" as Duration };
  const intent: Intent = {
    ...{ type: "call", to: usdContract, function: pool, value: { quotient: ["7", "2"] } },
    arguments: [{ from: "wallet.address" }, [[{ from: "order.amount" }, deadline]], true],
  };
  const outcome = await resolveIntent(intent, facts);
  expect(outcome).toMatchObject({ intent: { arguments: [registered, [["100", "1795393200"]], true], value: "3" } });
  const call = outcome.ok ? callOf(outcome.intent, evm, codec) : undefined;
  expect(call).toMatchObject({ ok: true, call: { to: usdContract, value: "3" } });
});

test("callOf() sends what is native as value and tokens by their contract", () => {
  const send = (asset: string) =>
    callOf({ type: "send", asset, to: registered.toLowerCase(), amount: "5" }, evm, codec);
  expect(send(native)).toEqual({ ok: true, call: { to: registered, value: amount("5"), data: "0x" } });
  expect(send(usd)).toMatchObject({
    call: { to: usdContract, value: "0", data: expect.stringMatching(/^0xa9059cbb/) },
  });
  expect(send("eip155:5/slip44:60")).toMatchObject({ refusal: "intent-malformed" });
  expect(send(`eip155:5/erc20:${usdContract}`)).toMatchObject({ refusal: "intent-malformed" });
  expect(send(`${evm.id}/erc721:${usdContract}/1`)).toMatchObject({ refusal: "intent-malformed" });
});

test("callOf() refuses what does not fit", () => {
  const to = registered;
  const refusal = { refusal: "intent-malformed" };
  const bad = [
    { type: "send", asset: native, to: "0x12", amount: "5" },
    { type: "send", asset: native, to, amount: "0" },
    { type: "send", asset: native, to, amount: "-1" },
    { type: "send", asset: native, to, amount: ["1"] },
    { type: "call", to, function: "function f(uint256)", arguments: ["x"] },
    { type: "call", to, function: "nonsense", arguments: [] },
    { type: "call", to, data: "0xabc" },
    { type: "call", to, function: "function f()", arguments: [], value: true },
  ] as const;
  for (const each of bad) expect(callOf(each, evm, codec)).toMatchObject(refusal);
});

test("checksummed() spells an address, and refuses a wrong checksum", () => {
  expect(checksummed(codec, registered.toLowerCase())).toBe(registered);
  expect(checksummed(codec, registered.replace("C79C8", "c79C8").replace("dc79C8", "dC79C8"))).toBeUndefined();
  expect(checksummed(codec, "registered.eth")).toBeUndefined();
});

test("the native asset of one network is not that of another", () => {
  const other = { ...evm, nativeAsset: "eip155:5/slip44:60" as AssetId };
  expect(callOf({ type: "send", asset: native, to: registered, amount: "1" }, other, codec)).toMatchObject({
    ok: false,
  });
});
