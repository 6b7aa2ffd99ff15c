import { type AggregateStore, type Cause, type Clock, transact } from "../../ports/mod.ts";
import { type AccountId, mayView, refuse, type Viewer } from "../shared/mod.ts";
import {
  freezePlatform,
  freezeWallet,
  type PlatformFreeze,
  type PlatformFreezeEvent,
  platformId,
  unfreezePlatform,
  unfreezeWallet,
} from "./freezing.ts";
import { walletView } from "./views.ts";
import type { Wallet, WalletEvent } from "./wallet.ts";

export type FreezeService = ReturnType<typeof createFreezeService>;
export type FreezeRefusal = "wallet-not-found";

type Dependencies = {
  readonly wallets: AggregateStore<Wallet, WalletEvent>;
  readonly platform: AggregateStore<PlatformFreeze, PlatformFreezeEvent>;
  readonly clock: Clock;
  /** Something may go on from the account now. */
  readonly kick: (account: AccountId) => void;
};

/** Freezes and unfreezes wallets, and the platform. What waited goes on by itself. */
export function createFreezeService({ wallets, platform, clock, kick }: Dependencies) {
  async function changeWallet(id: string, reason: string, viewer: Viewer, cause: Cause, change: typeof freezeWallet) {
    const outcome = await transact(wallets, id, cause, (wallet) =>
      wallet.status === "open" && mayView(viewer, wallet.user)
        ? change(wallet, { reason, by: cause.actor })
        : refuse("wallet-not-found"),
    );
    if (!outcome.ok) return outcome;
    if (outcome.state.status === "absent") return refuse("wallet-not-found");
    for (const { account } of outcome.state.accounts) kick(account);
    return { ok: true, view: walletView(id, outcome.state) } as const;
  }

  async function changePlatform(reason: string, cause: Cause, change: typeof freezePlatform) {
    const because = { reason, by: cause.actor, at: clock() };
    return viewOf((await transact(platform, platformId, cause, (freeze) => change(freeze, because))).state);
  }

  return {
    freezeWallet: (id: string, reason: string, viewer: Viewer, cause: Cause) =>
      changeWallet(id, reason, viewer, cause, freezeWallet),
    unfreezeWallet: (id: string, reason: string, viewer: Viewer, cause: Cause) =>
      changeWallet(id, reason, viewer, cause, unfreezeWallet),
    freezePlatform: (reason: string, cause: Cause) => changePlatform(reason, cause, freezePlatform),
    unfreezePlatform: (reason: string, cause: Cause) => changePlatform(reason, cause, unfreezePlatform),
  };
}

function viewOf(freeze: PlatformFreeze): PlatformFreeze {
  if (freeze.status === "running") return { status: "running" };
  const { status, reason, by, at } = freeze;
  return { status, reason, by, at };
}
