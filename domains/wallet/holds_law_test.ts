import { expect, test } from "bun:test";
import fc from "fast-check";
import { type AssetId, amount } from "../shared/mod.ts";
import { changes, eth, eventsOf, fee, given, lp, order, usd } from "./_holds_test.ts";
import { applyEffects, holdForOrder, holdForTransfer, releaseOrder, releaseTransfer } from "./holds.ts";
import {
  creditDeposit,
  evolve,
  finalBalance,
  heldOf,
  type OpenWallet,
  type Wallet,
  type WalletEvent,
} from "./wallet.ts";

type Step = (wallet: OpenWallet) => readonly WalletEvent[];

const ids = fc.constantFrom("a", "b", "c");
const assets = fc.constantFrom(usd, eth, lp);
const sizes = fc.bigInt({ min: 1n, max: 100n }).map((size) => amount(size));
const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ asset: assets, amount: sizes }).map(
    (it): Step =>
      (wallet) => {
        const decision = creditDeposit(wallet, { deposit: "d", ...it });
        return decision.ok ? decision.events : [];
      },
  ),
  fc.tuple(ids, fc.array(fc.record({ asset: assets, amount: sizes }), { maxLength: 3 })).map(([id, held]): Step => {
    return (wallet) => {
      const decision = holdForTransfer(wallet, { transfer: id, assets: held });
      return decision.ok ? decision.events : [];
    };
  }),
  fc.tuple(ids, ids, fc.boolean(), sizes, assets).map(([id, leaves, exits, size, asset]): Step => {
    return (wallet) =>
      wallet.holds[id]
        ? []
        : eventsOf(holdForOrder(wallet, { ...order(id), assets: [{ asset, amount: size }], ...(exits && { leaves }) }));
  }),
  // What a guarded transaction may change: it loses no more than its hold has.
  fc.tuple(ids, assets, assets, sizes, sizes).map(
    ([id, lost, gained, loss, gain]): Step =>
      (wallet) => {
        const has = wallet.holds[id]?.assets[lost] ?? "0";
        const effects = [changes(gained, gain), ...(BigInt(has) >= BigInt(loss) ? [changes(lost, `-${loss}`)] : [])];
        return [applyEffects(wallet, { transfer: "t", hold: id, effects, fee })];
      },
  ),
  fc.tuple(ids, ids, fc.constantFrom("enter", "exit"), fc.boolean(), fc.boolean()).map(
    ([id, position, action, closed, dropped]): Step =>
      (wallet) => {
        const at = action === "enter" ? id : position;
        const end = dropped
          ? ({ type: "dropped" } as const)
          : ({ type: "filled", action, position: at, closed } as const);
        const release = releaseTransfer(wallet, id);
        return release ? [release] : eventsOf(releaseOrder(wallet, { ...order(id), end }));
      },
  ),
);

test("law: holds never exceed what is final, and balances are the sum of what was credited", () => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 60 }), (taken) => {
      const events: WalletEvent[] = [];
      let wallet = given();
      for (const step of taken) {
        const recorded = step(wallet);
        events.push(...recorded);
        wallet = recorded.reduce(evolve, wallet as Wallet) as OpenWallet;
        for (const asset of [usd, eth, lp]) {
          expect(BigInt(heldOf(wallet, asset))).toBeLessThanOrEqual(BigInt(finalBalance(wallet, asset)));
        }
      }
      for (const asset of [usd, eth, lp]) expect(BigInt(wallet.balances[asset] ?? "0")).toBe(sumOf(events, asset));
      expect(Object.values(wallet.balances)).not.toContain("0" as never);
    }),
    { numRuns: 500 },
  );
});

function sumOf(events: readonly WalletEvent[], asset: AssetId): bigint {
  return events.reduce((sum, event) => {
    if (event.type === "DepositCredited" && event.asset === asset) return sum + BigInt(event.amount);
    if (event.type !== "EffectsApplied") return sum;
    return event.effects.reduce((all, each) => (each.asset === asset ? all + BigInt(each.delta) : all), sum);
  }, 0n);
}
