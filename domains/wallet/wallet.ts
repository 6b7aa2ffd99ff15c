/**
 * A wallet: one user's accounts, what they finally have, and what of it is held. Available is what is final and not held.
 *
 * @module
 */
import type { AggregateKind } from "../../ports/mod.ts";
import {
  type AccountId,
  type Amount,
  type AssetId,
  accept,
  amount,
  type Decision,
  type Delta,
  isNegative,
  negate,
  refuse,
  subtractAmounts,
  type UserId,
  zero,
} from "../shared/mod.ts";
import type { Account } from "./chain.ts";
import { type Amounts, type AssetAmount, changed, type Deltas, minus, ofAsset, plus, summed } from "./sums.ts";

export type HoldPurpose =
  | { readonly type: "order"; readonly order: string }
  | { readonly type: "transfer"; readonly transfer: string }
  | { readonly type: "position"; readonly position: string };

/** What of a position's assets a hold took over, or gives back. */
export type PositionShare = { readonly position: string; readonly assets: readonly AssetAmount[] };

/** Part of the final balance, set aside: `placed` is what it began with, `assets` what it has now. */
export type Hold = {
  readonly purpose: HoldPurpose;
  readonly placed: Amounts;
  readonly assets: Amounts;
  /** The network fees that its transactions have paid. */
  readonly fees: Amounts;
  readonly fromPosition?: PositionShare;
};

export type OpenWallet = {
  readonly status: "open";
  readonly user: UserId;
  readonly label: string;
  readonly accounts: readonly Account[];
  /** Sums of all that was credited. Below zero only where more left than was known of, such as unrecorded interest. */
  readonly balances: Deltas;
  readonly holds: { readonly [hold: string]: Hold };
  /** Why nothing new may leave it and nothing is signed for it; absent where it is not frozen. */
  readonly frozen?: FreezeWallet;
};

export type Wallet = { readonly status: "absent" } | OpenWallet;

/** `held` is the part of `delta` that changed the hold; the rest changed what is free. */
export type AppliedEffect = { readonly asset: AssetId; readonly delta: Delta; readonly held: Delta };

export type Shortfall = { readonly asset: AssetId; readonly needed: Amount; readonly available: Amount };

/** What a spender may still take of an asset. */
export type AllowanceLeft = { readonly asset: AssetId; readonly spender: string; readonly amount: Amount };

export type WalletEvent =
  | {
      readonly type: "WalletCreated";
      readonly user: UserId;
      readonly label: string;
      readonly accounts: readonly Account[];
    }
  | { readonly type: "WalletRenamed"; readonly label: string }
  | ({ readonly type: "WalletFrozen"; readonly user: UserId } & FreezeWallet)
  | ({ readonly type: "WalletUnfrozen"; readonly user: UserId } & FreezeWallet)
  | { readonly type: "DepositCredited"; readonly deposit: string; readonly asset: AssetId; readonly amount: Amount }
  | { readonly type: "DepositDebited"; readonly deposit: string; readonly asset: AssetId; readonly amount: Amount }
  | {
      readonly type: "FundsHeld";
      readonly user: UserId;
      readonly hold: string;
      readonly purpose: HoldPurpose;
      readonly assets: readonly AssetAmount[];
      readonly fromPosition?: PositionShare;
    }
  | {
      readonly type: "FundsRefused";
      readonly user: UserId;
      readonly order: string;
      readonly reason: string;
      readonly shortfalls: readonly Shortfall[];
    }
  | {
      readonly type: "EffectsApplied";
      readonly transfer: string;
      readonly hold: string;
      readonly effects: readonly AppliedEffect[];
      /** The network fee that is among them. */
      readonly fee: AssetAmount;
    }
  | {
      readonly type: "HoldReleased";
      readonly user: UserId;
      readonly hold: string;
      readonly purpose: HoldPurpose;
      readonly released: readonly AssetAmount[];
      readonly toPosition?: PositionShare;
    }
  | {
      readonly type: "AllowancesLeft";
      readonly user: UserId;
      readonly order: string;
      readonly account: AccountId;
      readonly allowances: readonly AllowanceLeft[];
    };

export type CreateWallet = {
  readonly user: UserId;
  readonly label: string;
  readonly accounts: readonly Account[];
};

/** Opens a wallet. Doing so again for the same user changes nothing, whatever it is called by now. */
export function createWallet(wallet: Wallet, command: CreateWallet): Decision<WalletEvent, "wallet-differs"> {
  if (wallet.status === "absent") return accept<WalletEvent>({ type: "WalletCreated", ...command });
  return wallet.user === command.user ? accept() : refuse("wallet-differs");
}

export function renameWallet(wallet: Wallet, label: string): Decision<WalletEvent, "wallet-not-found"> {
  if (wallet.status === "absent") return refuse("wallet-not-found");
  return wallet.label === label ? accept() : accept<WalletEvent>({ type: "WalletRenamed", label });
}

export type FreezeWallet = { readonly reason: string; readonly by: UserId };

export type BookDeposit = { readonly deposit: string; readonly asset: AssetId; readonly amount: Amount };

/** Adds a deposit that became final; the deposit records in the same commit that it did. */
export function creditDeposit(wallet: Wallet, booking: BookDeposit): Decision<WalletEvent, "wallet-not-found"> {
  if (wallet.status === "absent") return refuse("wallet-not-found");
  return accept<WalletEvent>({ type: "DepositCredited", ...booking });
}

/** Takes back a deposit that was final and is gone; the deposit records in the same commit that it is. */
export function debitDeposit(wallet: Wallet, booking: BookDeposit): Decision<WalletEvent, "wallet-not-found"> {
  if (wallet.status === "absent") return refuse("wallet-not-found");
  return accept<WalletEvent>({ type: "DepositDebited", ...booking });
}

/** What is final, whole: a balance that more left than was known of has nothing. */
export function finalBalance(wallet: OpenWallet, asset: string): Amount {
  const sum = wallet.balances[asset] ?? zero;
  return isNegative(sum) ? zero : amount(sum);
}

/** What all holds have of an asset. */
export function heldOf(wallet: OpenWallet, asset: string): Amount {
  const holds = Object.values(wallet.holds);
  return amount(holds.reduce((sum, { assets }) => sum + BigInt(ofAsset(assets, asset)), 0n));
}

/** Every asset that the wallet has something of, or holds. */
export function assetsOf({ balances, holds }: OpenWallet): readonly AssetId[] {
  const inHolds = Object.values(holds).flatMap(({ assets }) => Object.keys(assets));
  return [...new Set([...Object.keys(balances), ...inHolds])] as AssetId[];
}

/** What is final and not held. */
export function available(wallet: OpenWallet, asset: string): Amount {
  return subtractAmounts(finalBalance(wallet, asset), heldOf(wallet, asset));
}

/** Replays a recorded fact. */
export function evolve(wallet: Wallet, event: WalletEvent): Wallet {
  if (event.type === "WalletCreated") {
    const { user, label, accounts } = event;
    return { status: "open", user, label, accounts, balances: {}, holds: {} };
  }
  return wallet.status === "absent" ? wallet : evolveOpen(wallet, event);
}

function evolveOpen(wallet: OpenWallet, event: Exclude<WalletEvent, { readonly type: "WalletCreated" }>): OpenWallet {
  switch (event.type) {
    case "WalletRenamed":
      return { ...wallet, label: event.label };
    case "WalletFrozen": {
      const { reason, by } = event;
      return { ...wallet, frozen: { reason, by } };
    }
    case "WalletUnfrozen": {
      const { frozen: _, ...rest } = wallet;
      return rest;
    }
    case "DepositCredited":
      return credited(wallet, event.asset, event.amount);
    case "DepositDebited":
      return credited(wallet, event.asset, negate(event.amount));
    case "FundsHeld":
      return placed(wallet, event);
    case "FundsRefused":
    case "AllowancesLeft":
      return wallet;
    case "EffectsApplied":
      return applied(wallet, event);
    case "HoldReleased":
      return released(wallet, event);
  }
}

function credited(wallet: OpenWallet, asset: AssetId, by: Delta | Amount): OpenWallet {
  return { ...wallet, balances: changed(wallet.balances, [{ asset, delta: by as Delta }]) };
}

function placed(wallet: OpenWallet, event: Extract<WalletEvent, { readonly type: "FundsHeld" }>): OpenWallet {
  const { hold, purpose, assets, fromPosition } = event;
  const left = fromPosition ? withoutShare(wallet, fromPosition) : wallet;
  const start = plus(summed(assets), fromPosition?.assets ?? []);
  const it: Hold = { purpose, placed: summed(assets), assets: start, fees: {}, ...(fromPosition && { fromPosition }) };
  return { ...left, holds: { ...left.holds, [hold]: it } };
}

function withoutShare(wallet: OpenWallet, { position, assets }: PositionShare): OpenWallet {
  const { [position]: hold, ...others } = wallet.holds;
  if (!hold) return wallet;
  const left = minus(hold.assets, assets);
  if (Object.keys(left).length === 0) return { ...wallet, holds: others };
  return { ...wallet, holds: { ...others, [position]: { ...hold, placed: left, assets: left } } };
}

function applied(
  wallet: OpenWallet,
  { hold: id, effects, fee }: Extract<WalletEvent, { readonly type: "EffectsApplied" }>,
): OpenWallet {
  const after = { ...wallet, balances: changed(wallet.balances, effects) };
  const hold = wallet.holds[id];
  if (!hold) return after;
  const gained = effects.filter(({ held }) => !isNegative(held)).map(toAmount);
  const drawn = effects.filter(({ held }) => isNegative(held)).map(toAmount);
  const assets = minus(plus(hold.assets, gained), drawn);
  return { ...after, holds: { ...wallet.holds, [id]: { ...hold, assets, fees: plus(hold.fees, [fee]) } } };
}

function toAmount({ asset, held }: AppliedEffect): AssetAmount {
  return { asset, amount: amount(isNegative(held) ? negate(held) : held) };
}

function released(wallet: OpenWallet, event: Extract<WalletEvent, { readonly type: "HoldReleased" }>): OpenWallet {
  const { hold: id, purpose, toPosition } = event;
  const { [id]: hold, ...others } = wallet.holds;
  // An entered position has the id of its order: its hold is not the one that ended.
  const left = hold && hold.purpose.type !== purpose.type ? wallet.holds : others;
  if (!toPosition || toPosition.assets.length === 0) return { ...wallet, holds: left };
  const { position, assets } = toPosition;
  const now = plus(left[position]?.assets ?? {}, assets);
  const it: Hold = { purpose: { type: "position", position }, placed: now, assets: now, fees: {} };
  return { ...wallet, holds: { ...left, [position]: it } };
}

export const walletKind: AggregateKind<Wallet, WalletEvent> = {
  name: "wallet",
  initial: { status: "absent" },
  evolve,
  upcasters: [],
  indexes: [["user"]],
};
