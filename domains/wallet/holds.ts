/**
 * What a wallet sets aside: for orders, for transfers, for positions. Holds never exceed what is final.
 *
 * @module
 */
import {
  type Amount,
  type AssetId,
  accept,
  cappedAmount,
  type Decision,
  type Delta,
  delta,
  isNegative,
  leastAmount,
  negate,
  refuse,
  sizeOf,
  subtractAmounts,
  type UserId,
  zero,
} from "../shared/mod.ts";
import type { AllowancesLeft } from "./allowances_left.ts";
import { type AssetAmount, type AssetDelta, listed, minus, ofAsset, summed } from "./sums.ts";
import {
  available,
  type Hold,
  type OpenWallet,
  type PositionShare,
  type Shortfall,
  type Wallet,
  type WalletEvent,
} from "./wallet.ts";

export type HoldForTransfer = { readonly transfer: string; readonly assets: readonly AssetAmount[] };

/** Sets aside what a user's transfer may cost at most. */
export function holdForTransfer(
  wallet: Wallet,
  { transfer, assets }: HoldForTransfer,
): Decision<WalletEvent, "wallet-not-found" | "funds-insufficient"> {
  if (wallet.status === "absent") return refuse("wallet-not-found");
  if (wallet.holds[transfer]) return accept();
  if (shortfalls(wallet, assets).length > 0) return refuse("funds-insufficient");
  return accept(held(wallet, transfer, { type: "transfer", transfer }, assets));
}

export type HoldForOrder = {
  readonly order: string;
  readonly user: UserId;
  readonly assets: readonly AssetAmount[];
  /** Leave this position: all that is held for it comes into the order's hold. */
  readonly leaves?: string;
};

/** Sets aside what an order needs, or says why not. */
export function holdForOrder(wallet: Wallet, command: HoldForOrder): Decision<WalletEvent, never> {
  const { order, user, assets, leaves } = command;
  if (wallet.status === "absent" || wallet.user !== user) return refuseOrder({ order, user }, "wallet-not-found");
  const position = leaves === undefined ? undefined : wallet.holds[leaves];
  if (leaves !== undefined && position?.purpose.type !== "position") {
    return refuseOrder({ order, user }, "position-not-held");
  }
  const missing = shortfalls(wallet, assets);
  if (missing.length > 0) return refuseOrder({ order, user }, "funds-insufficient", missing);
  const share = leaves !== undefined && position && { position: leaves, assets: listed(position.assets) };
  const event = held(wallet, order, { type: "order", order }, assets);
  return accept<WalletEvent>(share ? { ...event, fromPosition: share } : event);
}

/** Says that an order gets no funds. */
export function refuseOrder(
  { order, user }: { readonly order: string; readonly user: UserId },
  reason: string,
  shortfalls: readonly Shortfall[] = [],
): Decision<WalletEvent, never> {
  return accept<WalletEvent>({ type: "FundsRefused", user, order, reason, shortfalls });
}

function held(wallet: OpenWallet, hold: string, purpose: Hold["purpose"], assets: readonly AssetAmount[]) {
  const { user } = wallet;
  return { type: "FundsHeld", user, hold, purpose, assets: listed(summed(assets)) } as const;
}

/** An amount near the largest and a fee beside it come to more than an amount can say: what is missing is counted freely. */
function shortfalls(wallet: OpenWallet, assets: readonly AssetAmount[]): readonly Shortfall[] {
  return [...Map.groupBy(assets, ({ asset }) => asset)].flatMap(([asset, wanted]) => {
    const needed = wanted.reduce((sum, each) => sum + BigInt(each.amount), 0n);
    const has = available(wallet, asset);
    if (needed <= BigInt(has)) return [];
    return [{ asset, needed: cappedAmount(needed), available: has }];
  });
}

export type ApplyEffects = {
  readonly transfer: string;
  readonly hold: string;
  readonly effects: readonly AssetDelta[];
  /** The network fee that is among them. */
  readonly fee: AssetAmount;
};

/**
 * What a final transaction changed. Losses are drawn from the hold as far as it has the asset; gains belong to the hold of an
 * order, and are free otherwise.
 */
export function applyEffects(
  wallet: OpenWallet,
  { transfer, hold, effects, fee }: ApplyEffects,
): Extract<WalletEvent, { readonly type: "EffectsApplied" }> {
  const at = wallet.holds[hold];
  const applied = netted(effects).map((effect) => ({ ...effect, held: heldPart(at, effect) }));
  return { type: "EffectsApplied", transfer, hold, effects: applied, fee };
}

/** One effect an asset: a hold is drawn on once for what changed in sum. */
function netted(effects: readonly AssetDelta[]): readonly AssetDelta[] {
  const sums = new Map<AssetDelta["asset"], bigint>();
  for (const { asset, delta } of effects) sums.set(asset, (sums.get(asset) ?? 0n) + BigInt(delta));
  return [...sums].filter(([, sum]) => sum !== 0n).map(([asset, sum]) => ({ asset, delta: delta(sum) }));
}

function heldPart(hold: Hold | undefined, effect: AssetDelta): Delta {
  if (!hold) return delta(zero);
  if (isNegative(effect.delta)) return negate(leastAmount(sizeOf(effect.delta), ofAsset(hold.assets, effect.asset)));
  return hold.purpose.type === "order" ? effect.delta : delta(zero);
}

/** How an order ended, as far as its hold is concerned. */
export type OrderEnd =
  | { readonly type: "filled"; readonly action: string; readonly position: string; readonly closed: boolean }
  | { readonly type: "dropped" };

export type ReleaseOrder = {
  readonly order: string;
  readonly user: UserId;
  readonly end: OrderEnd;
  /** What the chain says that others may still take. */
  readonly left?: AllowancesLeft | undefined;
};

/** Ends the hold of an order: what belongs to the position stays held for it, the rest is free. Tells of allowances left. */
export function releaseOrder(wallet: Wallet, { order, user, end, left }: ReleaseOrder): Decision<WalletEvent, never> {
  const purpose = { type: "order", order } as const;
  const hold = wallet.status === "absent" ? undefined : wallet.holds[order];
  // Under an entered position's id lies the position's own hold once its order is over: that one stays.
  if (hold?.purpose.type !== "order")
    return accept<WalletEvent>({ type: "HoldReleased", user, hold: order, purpose, released: [] });
  const share = shareOf(hold, end);
  const event: WalletEvent = {
    ...{ type: "HoldReleased", user, hold: order, purpose, released: listed(minus(hold.assets, share?.assets ?? [])) },
    ...(share && share.assets.length > 0 && { toPosition: share }),
  };
  if (!left || left.allowances.length === 0) return accept(event);
  return accept<WalletEvent>(event, { type: "AllowancesLeft", user, order, ...left });
}

function shareOf(hold: Hold, end: OrderEnd): PositionShare | undefined {
  const { fromPosition, assets } = hold;
  const beyond = (asset: AssetId) => subtractAmounts(ofAsset(assets, asset), reserveOf(hold, asset));
  if (end.type === "filled" && end.action !== "exit") {
    const gained = listed(assets).map(({ asset }) => ({ asset, amount: beyond(asset) }));
    return { position: end.position, assets: gained.filter(({ amount }) => amount !== zero) };
  }
  if (!fromPosition || (end.type === "filled" && end.closed)) return undefined;
  // What the order brought in of an asset that the position has too is the user's, unless the order was undone.
  const back = (asset: AssetId, had: Amount) =>
    end.type === "dropped" ? beyond(asset) : leastAmount(beyond(asset), had);
  const left = fromPosition.assets.map(({ asset, amount: had }) => ({ asset, amount: back(asset, had) }));
  return { position: fromPosition.position, assets: left.filter(({ amount }) => amount !== zero) };
}

/** What the user set aside, less the fees that were paid of it: a position may have the network's own asset too. */
function reserveOf({ placed, fees }: Hold, asset: AssetId): Amount {
  return subtractAmounts(ofAsset(placed, asset), ofAsset(fees, asset));
}

/** Ends the hold of a transfer: what is left is free. Undefined where there is none. */
export function releaseTransfer(
  wallet: OpenWallet,
  transfer: string,
): Extract<WalletEvent, { readonly type: "HoldReleased" }> | undefined {
  const hold = wallet.holds[transfer];
  if (hold?.purpose.type !== "transfer") return undefined;
  const { user } = wallet;
  return { type: "HoldReleased", user, hold: transfer, purpose: hold.purpose, released: listed(hold.assets) };
}
