/**
 * Wallets that are made before anybody asks for them, so that nobody waits for keys to be made, sealed and derived.
 *
 * @module
 */
import type { NewId, RecordKind, RecordStore, Stored } from "../../ports/mod.ts";
import type { NetworkId } from "../shared/mod.ts";
import type { Account, Keys } from "./chain.ts";

/** A wallet that is nobody's yet, and whose accounts nobody knows; its id is the wallet's from its seed on. */
export type WalletAhead = { readonly accounts: readonly Account[] };
export const walletAheadKind: RecordKind<WalletAhead> = { name: "wallet_ahead", indexes: [] };

/** A wallet's id and accounts, given to one who asked. */
export type NewWallet = { readonly id: string; readonly accounts: readonly Account[] };

export type WalletsAhead = ReturnType<typeof createWalletsAhead>;

type WalletsAheadDependencies = {
  readonly ahead: RecordStore<WalletAhead>;
  readonly keys: Keys;
  /** Those that a wallet has accounts on, in their order. */
  readonly networks: readonly NetworkId[];
  readonly newId: NewId;
  /** How many are kept ready. */
  readonly size: number;
  /** Lets others go on: deriving keeps a process busy for milliseconds at a time. */
  readonly giveWay: () => Promise<unknown>;
};

/** A store of new wallets that all replicas take from: removing one's record at its revision is the claim to it. */
export function createWalletsAhead({ ahead, keys, networks, newId, size, giveWay }: WalletsAheadDependencies) {
  /** Seen in the store, oldest first; others may have taken them since. */
  let seen: Stored<WalletAhead>[] = [];
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    seen = [...(await ahead.find({ where: {}, limit: size })).items];
  }

  async function next(): Promise<Stored<WalletAhead> | undefined> {
    if (seen.length === 0) {
      looking ??= look().finally(() => {
        looking = undefined;
      });
      await looking;
    }
    return seen.shift();
  }

  /** What was made before the networks changed is derived anew. */
  async function accountsOf({ id, value }: Stored<WalletAhead>): Promise<readonly Account[]> {
    const known = value.accounts.map(({ network }) => network);
    return known.join() === networks.join() ? value.accounts : await keys.create(id);
  }

  async function make(id: string): Promise<NewWallet> {
    return { id, accounts: await keys.create(id) };
  }

  async function makeAhead(): Promise<void> {
    const { id, accounts } = await make(newId());
    await ahead.put(id, { accounts }, 0);
  }

  return {
    /** A wallet that nobody else gets: one that is ready, else one that is made now, for which the vault is needed. */
    async claim(): Promise<NewWallet> {
      for (let ready = await next(); ready; ready = await next()) {
        const accounts = await accountsOf(ready);
        if ((await ahead.remove(ready.id, ready.revision)) === "written") return { id: ready.id, accounts };
      }
      return await make(newId());
    },

    make,

    /** Makes as many as are missing. Two replicas that do so at once make a few too many, and never more later. */
    async fill(signal?: { readonly aborted: boolean }): Promise<void> {
      let { length } = (await ahead.find({ where: {}, limit: size })).items;
      for (; length < size && !signal?.aborted; length++) {
        await makeAhead();
        await giveWay();
      }
    },
  };
}
