import { expect, test } from "bun:test";
import fc from "fast-check";
import { type AccountId, type AssetId, amount, type Instant, type NetworkId, type UserId } from "../shared/mod.ts";
import {
  confirmDeposit,
  type Deposit,
  type DepositEvent,
  type DepositFacts,
  depositKind,
  detectDeposit,
  evolve,
  finaliseDeposit,
  revertDeposit,
} from "./deposit.ts";

const facts: DepositFacts = {
  ...{ user: "u1" as UserId, wallet: "w1", account: "n:1:a" as AccountId, network: "n:1" as NetworkId },
  ...{ asset: "n:1/slip44:60" as AssetId, amount: amount("5"), hash: "0x1", at: "2026-11-23T00:00:00.000Z" as Instant },
  block: { number: 7, hash: "b7" },
};
const elsewhere = { ...facts, block: { number: 8, hash: "c8" } };
const detected: DepositEvent = { type: "DepositDetected", ...facts };
const final: DepositEvent = { type: "DepositFinal", ...facts };
const reverted: DepositEvent = { type: "DepositReverted", ...facts, reason: "gone" };
const given = (...events: DepositEvent[]): Deposit => events.reduce(evolve, depositKind.initial);

test("detectDeposit() records nothing the second time, nor once it is final", () => {
  expect(detectDeposit(given(), facts)).toEqual({ ok: true, events: [detected] });
  expect(detectDeposit(given(detected), facts)).toEqual({ ok: true, events: [] });
  expect(detectDeposit(given(detected, final), elsewhere)).toEqual({ ok: true, events: [] });
});

test("detectDeposit() follows it into another block, and takes it up again after a reorg", () => {
  const moved = { ok: true, events: [{ type: "DepositDetected", ...elsewhere }] } as const;
  expect(detectDeposit(given(detected), elsewhere)).toEqual(moved);
  expect(detectDeposit(given(detected, reverted), elsewhere)).toEqual(moved);
});

test("a deposit that was reverted becomes neither confirmed nor final", () => {
  expect(confirmDeposit(given(detected, reverted))).toEqual({ ok: true, events: [] });
  expect(finaliseDeposit(given(detected, reverted))).toEqual({ ok: true, events: [] });
  expect(revertDeposit(given(detected, reverted), "again")).toEqual({ ok: true, events: [] });
});

test("law: however often it is told, it becomes final once between two reverts", () => {
  const commands = [
    (deposit: Deposit) => detectDeposit(deposit, facts),
    confirmDeposit,
    finaliseDeposit,
    (deposit: Deposit) => revertDeposit(deposit, "gone"),
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...commands), { maxLength: 40 }), (told) => {
      let deposit = given();
      let standing = 0;
      for (const command of told) {
        const decision = command(deposit);
        if (!decision.ok) throw new Error("refused");
        for (const event of decision.events) {
          if (event.type === "DepositFinal") standing++;
          if (event.type === "DepositReverted" && deposit.status === "final") standing--;
          deposit = evolve(deposit, event);
        }
        expect(standing).toBe(deposit.status === "final" ? 1 : 0);
      }
    }),
  );
});
