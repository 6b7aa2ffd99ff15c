import { expect, test } from "bun:test";
import fc from "fast-check";
import { type AccountId, type AssetId, amount, type Instant, type NetworkId, type UserId } from "../shared/mod.ts";
import { nextNonce, takeNonce } from "./nonce.ts";
import { requestOrderTransfer, requestTransfer } from "./request.ts";
import {
  evolve,
  failTransfer,
  includeTransfer,
  settleTransfer,
  signTransfer,
  submitTransfer,
  type Transaction,
  type Transfer,
  type TransferEvent,
  type TransferRequest,
  transferKind,
  unincludeTransfer,
} from "./transfer.ts";

const network = "eip155:1" as NetworkId;
const account = `${network}:0xa` as AccountId;
const native = `${network}/slip44:60` as AssetId;
const request: TransferRequest = {
  ...{
    user: "u1" as UserId,
    wallet: "w1",
    network,
    account,
    purpose: { type: "user" },
    hold: "t1",
    priority: "normal",
  },
  ...{ intent: { type: "send", asset: native, to: "0xb", amount: "5" }, correlation: "c1" },
  at: "2026-11-23T00:00:00.000Z" as Instant,
};
const transaction = (hash: string, nonce = 0): Transaction => ({
  ...{ hash, nonce, call: { to: "0xb", value: amount("5"), data: "0x" }, gas: amount("21000") },
  fees: { maxFeePerGas: amount("2"), maxPriorityFeePerGas: amount("1") },
});
const block = { number: 7, hash: "b7" };
const settlement = {
  ...{ account, block, outcome: "reverted" as const, effects: [] },
  fee: { asset: native, amount: amount("21000") },
};
const requested: TransferEvent = { type: "TransferRequested", ...request };
const signed: TransferEvent = { type: "TransferSigned", ...transaction("0x1") };
const included: TransferEvent = { type: "TransferIncluded", hash: "0x1", block };
const given = (...events: TransferEvent[]): Transfer => events.reduce(evolve, transferKind.initial);

test("requestTransfer() accepts the same again and refuses another content", () => {
  expect(requestTransfer(given(), request)).toEqual({ ok: true, events: [requested] });
  const later = { ...request, at: "2026-11-24T00:00:00.000Z" as Instant, correlation: "c2" };
  expect(requestTransfer(given(requested), later)).toEqual({ ok: true, events: [] });
  const more = { ...request, intent: { ...request.intent, amount: "6" } as TransferRequest["intent"] };
  expect(requestTransfer(given(requested), more)).toEqual({ ok: false, refusal: "transfer-differs" });
  expect(requestTransfer(given(requested), { ...request, note: "x" })).toMatchObject({ ok: false });
});

test("requestOrderTransfer() is over at once without an account", () => {
  const { account: _, ...without } = request;
  expect(requestOrderTransfer(given(), without)).toMatchObject({
    events: [{ type: "TransferRequested" }, { type: "TransferFailed", reason: "network-not-served" }],
  });
});

test("signTransfer() binds to one transaction for good", () => {
  expect(signTransfer(given(requested), transaction("0x1"))).toEqual({ ok: true, events: [signed] });
  const refused = { ok: false, refusal: "transfer-not-requested" } as const;
  expect(signTransfer(given(requested, signed), transaction("0x2"))).toEqual(refused);
  expect(signTransfer(given(), transaction("0x2"))).toEqual(refused);
});

test("failTransfer() refuses what was signed", () => {
  const failed = {
    type: "TransferFailed",
    user: "u1",
    wallet: "w1",
    purpose: { type: "user" },
    reason: "r",
    detail: "d",
  };
  expect(failTransfer(given(requested), "r", "d")).toEqual({ ok: true, events: [failed] } as never);
  expect(failTransfer(given(requested, signed), "r", "d")).toMatchObject({ ok: false });
  expect(failTransfer(given(requested, signed, included), "r", "d")).toMatchObject({ ok: false });
});

test("a transfer follows its transaction from block to block", () => {
  const other = { number: 7, hash: "c7" };
  expect(includeTransfer(given(requested, signed, included), block)).toEqual({ ok: true, events: [] });
  expect(includeTransfer(given(requested, signed, included), other)).toMatchObject({ events: [{ block: other }] });
  const gone = unincludeTransfer(given(requested, signed, included), "reorg");
  expect(gone).toMatchObject({ events: [{ type: "TransferUnincluded", hash: "0x1" }] });
  expect(given(requested, signed, included, ...(gone.ok ? gone.events : []))).toMatchObject({ status: "submitted" });
});

test("law: in whatever order and however often it is told, a transfer signs once and ends once", () => {
  const commands: readonly ((transfer: Transfer) => ReturnType<typeof signTransfer>)[] = [
    (it) => requestOrderTransfer(it, request),
    (it) => signTransfer(it, transaction("0x1")),
    (it) => signTransfer(it, transaction("0x2", 1)),
    submitTransfer,
    (it) => includeTransfer(it, block),
    (it) => unincludeTransfer(it, "reorg"),
    (it) => settleTransfer(it, settlement),
    (it) => failTransfer(it, "r", "d"),
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...commands), { maxLength: 40 }), (told) => {
      const events: TransferEvent[] = [];
      for (const command of told) {
        const decision = command(given(...events));
        if (decision.ok) events.push(...decision.events);
      }
      const count = (type: TransferEvent["type"]) => events.filter((event) => event.type === type).length;
      expect(count("TransferSigned")).toBeLessThanOrEqual(1);
      expect(count("TransferSettled") + count("TransferFailed")).toBeLessThanOrEqual(1);
      if (count("TransferFailed") === 1) expect(count("TransferSigned")).toBe(0);
      if (count("TransferSettled") === 1) expect(count("TransferSigned")).toBe(1);
    }),
    { numRuns: 500 },
  );
});

test("takeNonce() gives no nonce twice", () => {
  expect(takeNonce({ next: 3 }, { nonce: 3, transfer: "t", hash: "0x1" })).toMatchObject({ ok: true });
  expect(takeNonce({ next: 3 }, { nonce: 2, transfer: "t", hash: "0x1" })).toMatchObject({ refusal: "nonce-taken" });
  expect([nextNonce({ next: 3 }, 1), nextNonce({ next: 3 }, 5)]).toEqual([3, 5]);
});
