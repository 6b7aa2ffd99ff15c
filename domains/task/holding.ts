/**
 * What the task domain knows of wallets and positions: whose a wallet is, and what a position holds. One order at a time
 * works on a position: it has the position's lock until it ends.
 *
 * @module
 */
import type { AggregateKind } from "../../ports/mod.ts";
import { accept, type Decision, type UserId } from "../shared/mod.ts";
import { type AssetAmount, holdingsAfter, type NetEffect, type Token, tokensIn } from "./effects.ts";

export type OwnedWallet = { readonly status: "unknown" } | { readonly status: "owned"; readonly user: UserId };
export type OwnedWalletEvent = { readonly type: "WalletNoted"; readonly user: UserId };

export function noteWallet(_wallet: OwnedWallet, user: UserId): Decision<OwnedWalletEvent, never> {
  return accept<OwnedWalletEvent>({ type: "WalletNoted", user });
}

export const ownedWalletKind: AggregateKind<OwnedWallet, OwnedWalletEvent> = {
  name: "owned_wallet",
  initial: { status: "unknown" },
  evolve: (_, { user }) => ({ status: "owned", user }),
  upcasters: [],
  indexes: [],
};

type Place = { readonly user: UserId; readonly wallet: string; readonly play: string; readonly version: number };

export type KnownHolding = Place & {
  readonly status: "open" | "closed";
  readonly assets: readonly AssetAmount[];
  readonly tokens: readonly Token[];
  /** The order that works on it now. */
  readonly lock?: string;
};

export type Holding = { readonly status: "none" } | KnownHolding;

export type HoldingEvent =
  | ({ readonly type: "HoldingOpened"; readonly effects: readonly NetEffect[] } & Place)
  | { readonly type: "HoldingLocked"; readonly order: string }
  | { readonly type: "HoldingUnlocked"; readonly order: string }
  | {
      readonly type: "HoldingChanged";
      readonly order: string;
      readonly effects: readonly NetEffect[];
      readonly closed: boolean;
    };

/** Lets go of a position, if this order has it. */
export function unlock(holding: Holding, order: string): readonly HoldingEvent[] {
  return holding.status !== "none" && holding.lock === order ? [{ type: "HoldingUnlocked", order }] : [];
}

/** Whether nothing is left of a position after these effects. */
export function closes(holding: Holding, effects: readonly NetEffect[]): boolean {
  return holding.status !== "none" && holdingsAfter(holding.assets, effects).length === 0;
}

export function evolveHolding(holding: Holding, event: HoldingEvent): Holding {
  if (event.type === "HoldingOpened") {
    const { user, wallet, play, version, effects } = event;
    const held = { assets: holdingsAfter([], effects), tokens: tokensIn(effects) };
    return { status: "open", user, wallet, play, version, ...held };
  }
  if (holding.status === "none") return holding;
  if (event.type === "HoldingLocked") return { ...holding, lock: event.order };
  const { lock: _, ...free } = holding;
  if (event.type === "HoldingUnlocked") return free;
  const assets = holdingsAfter(holding.assets, event.effects);
  return { ...free, assets, status: event.closed ? "closed" : "open" };
}

export const holdingKind: AggregateKind<Holding, HoldingEvent> = {
  name: "holding",
  initial: { status: "none" },
  evolve: evolveHolding,
  upcasters: [],
  indexes: [],
};
