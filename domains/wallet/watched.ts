/**
 * The accounts that deposits are looked for at, whichever process made them.
 *
 * @module
 */
import { type AggregateStore, allOf, type RecordKind, type RecordStore } from "../../ports/mod.ts";
import type { AccountId, NetworkId, UserId } from "../shared/mod.ts";
import type { Account } from "./chain.ts";
import type { Wallet, WalletEvent } from "./wallet.ts";

/** The accounts of a wallet, written down before its creation is committed; its id is the wallet's. */
export type WatchedWallet = {
  /** When it was registered: epochs, not clocks, tell who has yet to hear of it. */
  readonly epoch: string;
  readonly user: UserId;
  readonly accounts: readonly Account[];
};
export const watchedWalletKind: RecordKind<WatchedWallet> = { name: "watched_wallet", indexes: [["epoch"]] };

/** In which epoch wallets are registered now. */
export type WatchEpoch = { readonly number: number };
export const watchEpochKind: RecordKind<WatchEpoch> = { name: "watch_epoch", indexes: [] };

export type Watched = ReturnType<typeof createWatched>;

type WatchedDependencies = {
  readonly wallets: AggregateStore<Wallet, WalletEvent>;
  readonly watchedWallets: RecordStore<WatchedWallet>;
  readonly watchEpochs: RecordStore<WatchEpoch>;
};

type Owner = { readonly wallet: string; readonly user: UserId };

const only = "wallets";
/** An epoch of more wallets is ended by whoever reads it. */
const mostInEpoch = 100;

/**
 * Every process knows the wallets of all. One that is registered was written in an epoch which was still going on afterwards:
 * who saw a later epoch before reading has read it, and who did not reads it still.
 */
export function createWatched({ wallets, watchedWallets, watchEpochs }: WatchedDependencies) {
  const owners = new Map<AccountId, Owner>();
  const addresses = new Map<NetworkId, Set<string>>();
  /** All of earlier epochs is known. */
  let from: string | undefined;

  function add(wallet: string, user: UserId, accounts: readonly Account[]): void {
    for (const { account, network, address } of accounts) {
      owners.set(account, { wallet, user });
      addresses.set(network, (addresses.get(network) ?? new Set()).add(address));
    }
  }

  async function epoch(): Promise<string> {
    const number = (await watchEpochs.get(only))?.value.number ?? 0;
    return `${number}`.padStart(12, "0");
  }

  async function endEpoch(): Promise<void> {
    const stored = await watchEpochs.get(only);
    // "conflict": another one has just ended it.
    await watchEpochs.put(only, { number: (stored?.value.number ?? 0) + 1 }, stored?.revision ?? 0);
  }

  async function takeIn(since: string): Promise<number> {
    let count = 0;
    const where = { epoch: { from: since } };
    for await (const { id, value } of allOf((place) => watchedWallets.find({ where, limit: 500, ...place }))) {
      add(id, value.user, value.accounts);
      count++;
    }
    return count;
  }

  /** Those that an earlier release made are registered nowhere. */
  async function takeInUnregistered(): Promise<void> {
    for await (const { id, state } of allOf((place) => wallets.find({ where: {}, limit: 500, ...place }))) {
      if (state.status === "open") add(id, state.user, state.accounts);
    }
  }

  return {
    addressesOn: (network: NetworkId): ReadonlySet<string> => addresses.get(network) ?? new Set(),
    ownerOf: (account: AccountId): Owner | undefined => owners.get(account),

    /** Once it resolves, whoever learns from then on knows the wallet. To be awaited before anyone is told of its accounts. */
    async register(wallet: string, user: UserId, accounts: readonly Account[]): Promise<void> {
      for (;;) {
        const now = await epoch();
        const stored = await watchedWallets.get(wallet);
        const outcome = await watchedWallets.put(wallet, { epoch: now, user, accounts }, stored?.revision ?? 0);
        if (outcome === "written" && (await epoch()) === now) return;
      }
    },

    /** Takes in every wallet that is registered by now. A block is fetched before: whom it pays was registered earlier. */
    async learn(): Promise<void> {
      if (from !== undefined && (await takeIn(from)) <= mostInEpoch) return;
      if (from === undefined) await takeInUnregistered();
      else await endEpoch();
      const now = await epoch();
      await takeIn(from ?? "");
      from = now;
    },
  };
}
