import { expect, test } from "bun:test";
import type { AssetId, NetworkId } from "../shared/mod.ts";
import { approve, checking, definition, redeem, shares, token, usd, vault } from "./_world_test.ts";
import { definitionFaults } from "./checks.ts";
import type { PlayDefinition, PlayIntent, PlayStep } from "./definition.ts";

const faultsOf = (given: object) => definitionFaults({ ...definition, ...given } as PlayDefinition, checking);
const pointersOf = (given: object) => faultsOf(given).map(({ pointer }) => pointer);

const stranger = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const elsewhere = "eip155:1/slip44:60" as AssetId;
const call: PlayIntent = { type: "call", to: token, function: approve, arguments: [vault, "1"] };
const send: PlayIntent = { type: "send", asset: usd, to: vault, amount: "1" };
const step = (intent: unknown, given: object = {}) =>
  ({ id: "s1", title: "Step", type: "transaction", intent, ...given }) as PlayStep;
const reading = (from: string) => step({ ...call, arguments: [vault, { from }] });

test("a sound definition has no faults", () => {
  expect(faultsOf({})).toEqual([]);
  const { capacity: _, ...unbounded } = definition;
  expect(definitionFaults(unbounded, checking)).toEqual([]);
});

test.each<[string, object, string]>([
  ["a network that is none", { network: "mainnet" as NetworkId, asset: usd, assets: [] }, "/network"],
  ["an asset of another network", { asset: elsewhere }, "/asset"],
  ["an asset that is none", { asset: "USD" }, "/asset"],
  ["a declared asset of another network", { assets: [{ asset: elsewhere, accrual: "none" }] }, "/assets/0/asset"],
  ["a minimum above the maximum", { minimum: "1001" }, "/minimum"],
  ["a minimum of nothing", { minimum: "0" }, "/minimum"],
  ["a capacity below the minimum", { capacity: "9" }, "/capacity"],
  ["an entry fee", { fees: { entryBps: 1, exitBps: 0, performanceBps: 0 } }, "/fees"],
  ["an exit fee", { fees: { entryBps: 0, exitBps: 1, performanceBps: 0 } }, "/fees"],
  ["a performance fee", { fees: { entryBps: 0, exitBps: 0, performanceBps: 1 } }, "/fees"],
  ["no way in", { enter: [] }, "/enter"],
  ["no way out", { exit: [] }, "/exit"],
  ["a time of another spelling", { availability: { from: "2026-11-23T00:00:00Z" } }, "/availability/from"],
  ["a time with an offset", { availability: { until: "2026-11-23T00:00:00.000+01:00" } }, "/availability/until"],
  ["a day that there is not", { availability: { until: "2026-02-30T00:00:00.000Z" } }, "/availability/until"],
  ["a parameter schema with references", { parameters: { $ref: "#" } }, "/parameters/$ref"],
  ["a parameter schema that is none", { parameters: { type: "objekt" } }, "/parameters"],
  ["a contract's address that is none", { contracts: [{ address: "0x1", functions: [] }] }, "/contracts/0/address"],
  ["a spender that is none", { spenders: [vault, "vault"] }, "/spenders/1"],
  ["a valuation of the order", { valuation: { from: "order.amount" } }, "/valuation"],
  ["a valuation of a strange asset", { valuation: { from: `position.${elsewhere}` } }, "/valuation"],
  ["a health of a parameter", { health: { value: { from: "parameters.note" } } }, "/health/value"],
])("%s is a fault", (_what, given, pointer) => {
  expect(pointersOf(given)).toContain(pointer);
});

test("availability that ends when it begins, or before, is a fault", () => {
  const [first, second] = ["2026-11-23T00:00:00.000Z", "2026-11-24T00:00:00.000Z"];
  expect(faultsOf({ availability: { from: first, until: second } })).toEqual([]);
  expect(pointersOf({ availability: { from: first, until: first } })).toEqual(["/availability"]);
  expect(pointersOf({ availability: { from: second, until: first } })).toEqual(["/availability"]);
  expect(faultsOf({ availability: { from: first } })).toEqual([]);
  expect(faultsOf({ availability: { until: first } })).toEqual([]);
});

test("the fault of a declared function names its place", () => {
  const contracts = [{ address: token, functions: [approve, "approve(address)", "function ("] }];
  expect(pointersOf({ contracts, enter: [step(call)], exit: [step(call)] })).toEqual(["/contracts/0/functions/2"]);
});

test.each<[string, unknown, string]>([
  ["an undeclared contract", step({ ...call, to: stranger }), "/enter/0/intent"],
  ["an undeclared function", step({ ...call, function: "function burn(address, uint256)" }), "/enter/0/intent"],
  ["another contract's function", step({ ...call, function: redeem }), "/enter/0/intent"],
  ["a function's fragment that is none", step({ ...call, function: "approve it" }), "/enter/0/intent/function"],
  ["an undeclared asset", step({ ...send, asset: elsewhere }), "/enter/0/intent/asset"],
  ["an unknown fact", reading("order.price"), "/enter/0/intent/arguments/1"],
  ["an unknown parameter", reading("parameters.other"), "/enter/0/intent/arguments/1"],
  ["a position before there is one", reading(`position.${shares}`), "/enter/0/intent/arguments/1"],
  ["a position's token before there is one", reading(`position.token.${vault}`), "/enter/0/intent/arguments/1"],
  ["the effects of the step itself", reading(`steps.s1.effects.${shares}`), "/enter/0/intent/arguments/1"],
  ["a value that is none", step({ ...call, arguments: [vault, 1] }), "/enter/0/intent/arguments/1"],
  ["a target that is none", step({ ...call, to: { from: "nowhere" } }), "/enter/0/intent/to"],
  ["a value sent that is none", step({ ...call, value: { from: "nowhere" } }), "/enter/0/intent/value"],
  ["an amount that is none", step({ ...send, amount: { from: "nowhere" } }), "/enter/0/intent/amount"],
  ["a receiver that is none", step({ ...send, to: { from: "nowhere" } }), "/enter/0/intent/to"],
  ["a way back undeclared", step(call, { compensation: { ...call, to: stranger } }), "/enter/0/compensation"],
  [
    "a way back by an unknown fact",
    step(call, { compensation: { ...call, arguments: [vault, { from: "nowhere" }] } }),
    "/enter/0/compensation/arguments/1",
  ],
  [
    "an unknown permission",
    { id: "s1", title: "Approve", type: "approval", approvals: 1, permission: "task:dance" },
    "/enter/0/permission",
  ],
  ["a duration that is none", { id: "s1", title: "Wait", type: "wait", duration: "an hour" }, "/enter/0/duration"],
  [
    "an evidence schema that is none",
    { id: "s1", title: "Look", type: "manual", instructions: "Look", evidence: { properties: { a: { type: "x" } } } },
    "/enter/0/evidence",
  ],
])("%s is a step's fault", (_what, given, pointer) => {
  expect(pointersOf({ enter: [given] })).toEqual([pointer]);
});

test("what a transaction calls is declared, in any spelling of address and fragment", () => {
  const spelt = { ...call, to: token.toLowerCase(), function: "approve(address,uint256)" };
  expect(faultsOf({ enter: [step(spelt)] })).toEqual([]);
  expect(faultsOf({ enter: [step({ ...send, asset: usd.toLowerCase() })] })).toEqual([]);
});

test("a target that is computed is judged when it is known", () => {
  expect(faultsOf({ enter: [step({ ...call, to: { from: "wallet.address" } })] })).toEqual([]);
});

test("steps with the same id are a fault at the second one, in each way by itself", () => {
  expect(pointersOf({ enter: [step(call), step(call)] })).toEqual(["/enter/1/id"]);
  expect(pointersOf({ adjust: [step(call), step(call, { id: "s2" }), step(call)] })).toEqual(["/adjust/2/id"]);
  expect(faultsOf({ enter: [step(call)], exit: [step(call)] })).toEqual([]);
});

test("a step may stand on the transactions before it; its way back on itself too", () => {
  const [effects, nft] = [`steps.s1.effects.${shares}`, `steps.s1.token.${vault}`];
  const later = (from: string) => ({ ...reading(from), id: "s2" });
  expect(faultsOf({ enter: [step(call), later(effects)] })).toEqual([]);
  expect(faultsOf({ enter: [step(call), later(nft)] })).toEqual([]);
  expect(pointersOf({ enter: [later(effects), step(call)] })).toEqual(["/enter/0/intent/arguments/1"]);
  expect(pointersOf({ enter: [step(call), later(`steps.s1.effects.${elsewhere}`)] })).toHaveLength(1);
  expect(pointersOf({ enter: [step(call), later(`steps.s1.token.${stranger}`)] })).toHaveLength(1);
  const undone = step(call, { compensation: { ...call, arguments: [vault, { from: effects }] } });
  expect(faultsOf({ enter: [undone] })).toEqual([]);
});

test("nothing stands on a step that has no effects", () => {
  const waiting = { id: "s1", title: "Wait", type: "wait", until: "final" };
  const enter = [waiting, { ...reading(`steps.s1.effects.${shares}`), id: "s2" }];
  expect(pointersOf({ enter })).toEqual(["/enter/1/intent/arguments/1"]);
});

test("adjustments, exits and valuations stand on the position", () => {
  const steps = [reading(`position.${shares.toLowerCase()}`)];
  expect(faultsOf({ adjust: steps, exit: steps, valuation: { from: `position.${usd}` } })).toEqual([]);
  expect(faultsOf({ exit: [reading(`position.token.${vault}`)] })).toEqual([]);
  expect(pointersOf({ exit: [reading(`position.token.${stranger}`)] })).toEqual(["/exit/0/intent/arguments/1"]);
  expect(faultsOf({ valuation: { from: "wallet.address" } })).toEqual([]);
});

test("a definition is bounded as a whole", () => {
  const enter = Array.from({ length: 5 }, (_, index) =>
    step({ ...call, arguments: ["x".repeat(9_000), "1"] }, { id: `s${index}` }),
  );
  expect(faultsOf({ enter })).toEqual([]);
  const more = Array.from({ length: 8 }, (_, index) => ({ ...enter[0], id: `s${index}` }));
  expect(pointersOf({ enter: more })).toEqual([""]);
});

test("every fault is told at once", () => {
  const enter = [step({ ...call, to: stranger }), step({ ...call, function: "approve it" })];
  expect(pointersOf({ minimum: "0", spenders: ["x"], enter })).toEqual([
    "/minimum",
    "/spenders/0",
    "/enter/0/intent",
    "/enter/1/id",
    "/enter/1/intent/function",
  ]);
});
