/**
 * How facts of the wallet domain become ledger entries.
 *
 * @module
 */
import { type Amount, type AssetId, addDeltas, type Delta, type NetworkId, negate } from "../shared/mod.ts";
import type { AssetAmount } from "./_by_asset.ts";
import type { LedgerAccount, Leg, NewEntry } from "./ledger.ts";

/** What a hold is for. */
export type Purpose =
  | { readonly type: "order"; readonly order: string }
  | { readonly type: "transfer" | "user" | "position" };

export type Deposit = {
  readonly deposit: string;
  readonly wallet: string;
  readonly network: NetworkId;
  readonly asset: AssetId;
  readonly amount: Amount;
  readonly hash: string;
};

/** Money arrived from outside. */
export function depositEntry({ deposit, wallet, network, hash, asset, amount }: Deposit): NewEntry {
  const legs = move("external", `wallet:${wallet}`, [{ asset, amount }]);
  return { reason: { type: "deposit", deposit, network, hash }, legs: netted(legs) };
}

/** Takes back a deposit whose transaction the chain no longer has. */
export function depositReversal({ deposit, wallet, network, hash, asset, amount }: Deposit): NewEntry {
  const legs = move(`wallet:${wallet}`, "external", [{ asset, amount }]);
  return { reason: { type: "deposit-reverted", deposit, network, hash }, legs: netted(legs) };
}

export type Settlement = {
  readonly transfer: string;
  readonly wallet: string;
  readonly network: NetworkId;
  readonly hash: string;
  readonly outcome: "success" | "reverted";
  /** `held` is the part of `delta` that the hold had; the rest changed what was free. The network fee is among them. */
  readonly effects: readonly { readonly asset: AssetId; readonly delta: Delta; readonly held: Delta }[];
  readonly fee: AssetAmount;
  readonly hold: string;
  readonly purpose: Purpose;
};

/** A transaction's effects, as the chain tells them; a reverted one has its fee. */
export function settlementEntry(settlement: Settlement): NewEntry {
  const { transfer, wallet, network, hash, outcome, effects, fee, hold, purpose } = settlement;
  const own = effects.flatMap(({ asset, delta, held }): Leg[] => [
    { account: `held:${hold}`, asset, delta: held },
    { account: `wallet:${wallet}`, asset, delta: addDeltas(delta, negate(held)) },
  ]);
  const paid: Leg = { account: "fees:network", asset: fee.asset, delta: addDeltas(fee.amount) };
  const counter = [...own, paid].map(({ asset, delta }): Leg => ({ account: "external", asset, delta: negate(delta) }));
  const reason = { type: "transfer", transfer, network, hash, outcome, ...ofOrder(purpose) } as const;
  return { reason, legs: netted([...own, paid, ...counter]) };
}

export type HoldChange = {
  readonly wallet: string;
  readonly hold: string;
  readonly purpose: Purpose;
  readonly assets: readonly AssetAmount[];
  readonly position?: { readonly position: string; readonly assets: readonly AssetAmount[] };
};

/** Sets aside: of the wallet, and of a position that is being left. */
export function holdEntry({ wallet, hold, purpose, assets, position }: HoldChange): NewEntry {
  const legs = [
    ...move(`wallet:${wallet}`, `held:${hold}`, assets),
    ...(position ? move(`position:${position.position}`, `held:${hold}`, position.assets) : []),
  ];
  return { reason: { type: "hold", hold, ...ofOrder(purpose) }, legs: netted(legs) };
}

/** Ends a hold: part of it is free, part becomes a position's. */
export function releaseEntry({ wallet, hold, purpose, assets, position }: HoldChange): NewEntry {
  const legs = [
    ...move(`held:${hold}`, `wallet:${wallet}`, assets),
    ...(position ? move(`held:${hold}`, `position:${position.position}`, position.assets) : []),
  ];
  return { reason: { type: "release", hold, ...ofOrder(purpose) }, legs: netted(legs) };
}

function ofOrder(purpose: Purpose): { readonly order?: string } {
  return purpose.type === "order" ? { order: purpose.order } : {};
}

function move(from: LedgerAccount, to: LedgerAccount, assets: readonly AssetAmount[]): Leg[] {
  return assets.flatMap(({ asset, amount }): Leg[] => [
    { account: from, asset, delta: negate(amount) },
    { account: to, asset, delta: addDeltas(amount) },
  ]);
}

/** One leg an account and asset; none that changes nothing. */
function netted(legs: readonly Leg[]): Leg[] {
  const sums = new Map<string, Leg>();
  for (const leg of legs) {
    const name = `${leg.account} ${leg.asset}`;
    sums.set(name, { ...leg, delta: addDeltas(leg.delta, sums.get(name)?.delta ?? ("0" as Delta)) });
  }
  return [...sums.values()].filter(({ delta }) => delta !== "0");
}
