/**
 * Whether a wallet, or the platform, lets anything leave. A freeze stops new transfers and signatures; what was accepted before
 * waits.
 *
 * @module
 */
import type { AggregateKind } from "../../ports/mod.ts";
import { accept, type Decision, type Instant, type UserId } from "../shared/mod.ts";
import type { FreezeWallet, OpenWallet, WalletEvent } from "./wallet.ts";

/** Lets nothing new leave, and has nothing signed. */
export function freezeWallet(wallet: OpenWallet, because: FreezeWallet): Decision<WalletEvent, never> {
  if (wallet.frozen) return accept();
  return accept<WalletEvent>({ type: "WalletFrozen", user: wallet.user, ...because });
}

export function unfreezeWallet(wallet: OpenWallet, because: FreezeWallet): Decision<WalletEvent, never> {
  if (!wallet.frozen) return accept();
  return accept<WalletEvent>({ type: "WalletUnfrozen", user: wallet.user, ...because });
}

type Because = { readonly reason: string; readonly by: UserId; readonly at: Instant };

export type PlatformFreeze = { readonly status: "running" } | ({ readonly status: "frozen" } & Because);
export type PlatformFreezeEvent =
  | ({ readonly type: "PlatformFrozen" } & Because)
  | ({ readonly type: "PlatformUnfrozen" } & Because);

/** There is one, and it has this id. */
export const platformId = "platform";

export function freezePlatform(freeze: PlatformFreeze, because: Because): Decision<PlatformFreezeEvent, never> {
  if (freeze.status === "frozen") return accept();
  return accept<PlatformFreezeEvent>({ type: "PlatformFrozen", ...because });
}

export function unfreezePlatform(freeze: PlatformFreeze, because: Because): Decision<PlatformFreezeEvent, never> {
  if (freeze.status === "running") return accept();
  return accept<PlatformFreezeEvent>({ type: "PlatformUnfrozen", ...because });
}

/** Replays a recorded fact. */
export function evolve(_freeze: PlatformFreeze, event: PlatformFreezeEvent): PlatformFreeze {
  if (event.type === "PlatformUnfrozen") return { status: "running" };
  const { reason, by, at } = event;
  return { status: "frozen", reason, by, at };
}

export const platformFreezeKind: AggregateKind<PlatformFreeze, PlatformFreezeEvent> = {
  name: "platform_freeze",
  initial: { status: "running" },
  evolve,
  upcasters: [],
  indexes: [],
};
