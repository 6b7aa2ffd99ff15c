/**
 * What the task domain knows of wallets and positions: whose a wallet is, and what a position holds. One order at a time
 * works on a position: it has the position's lock until it ends.
 *
 * @module
 */
import type { AggregateKind } from "../../ports/mod.ts";
import { accept, type Decision, type UserId } from "../shared/mod.ts";
import type { AssetAmount } from "./effects.ts";

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
  /** The order that works on it now. */
  readonly lock?: string;
};

export type Holding = { readonly status: "none" } | KnownHolding;

export type HoldingEvent =
  | ({ readonly type: "HoldingOpened"; readonly assets: readonly AssetAmount[] } & Place)
  | { readonly type: "HoldingLocked"; readonly order: string }
  | { readonly type: "HoldingUnlocked"; readonly order: string }
  | {
      readonly type: "HoldingChanged";
      readonly order: string;
      /** What is left of it, or came to it. */
      readonly assets: readonly AssetAmount[];
      readonly closed: boolean;
    };

/** Lets go of a position, if this order has it. */
export function unlock(holding: Holding, order: string): readonly HoldingEvent[] {
  return holding.status !== "none" && holding.lock === order ? [{ type: "HoldingUnlocked", order }] : [];
}

export function evolveHolding(holding: Holding, event: HoldingEvent): Holding {
  if (event.type === "HoldingOpened") {
    const { type: _, ...opened } = event;
    return { ...opened, status: "open" };
  }
  if (holding.status === "none") return holding;
  if (event.type === "HoldingLocked") return { ...holding, lock: event.order };
  const { lock: _, ...free } = holding;
  if (event.type === "HoldingUnlocked") return free;
  const { assets, closed } = event;
  return { ...free, assets, status: closed ? "closed" : "open" };
}

export const holdingKind: AggregateKind<Holding, HoldingEvent> = {
  name: "holding",
  initial: { status: "none" },
  evolve: evolveHolding,
  upcasters: [],
  indexes: [],
};
