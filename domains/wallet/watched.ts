import type { AggregateStore } from "../../ports/mod.ts";
import type { AccountId, NetworkId, UserId } from "../shared/mod.ts";
import type { Account } from "./chain.ts";
import type { Wallet, WalletEvent } from "./wallet.ts";

export type Watched = ReturnType<typeof createWatched>;

type Owner = { readonly wallet: string; readonly user: UserId };

/**
 * The accounts that deposits are looked for at. A wallet's come in before its creation is committed, so before anyone can
 * learn of them; a block is fetched before they are read: what a block mined later holds is not missed.
 */
export function createWatched() {
  const owners = new Map<AccountId, Owner>();
  const addresses = new Map<NetworkId, Set<string>>();

  function add(wallet: string, user: UserId, accounts: readonly Account[]): void {
    for (const { account, network, address } of accounts) {
      owners.set(account, { wallet, user });
      addresses.set(network, (addresses.get(network) ?? new Set()).add(address));
    }
  }

  return {
    add,
    addressesOn: (network: NetworkId): ReadonlySet<string> => addresses.get(network) ?? new Set(),
    ownerOf: (account: AccountId): Owner | undefined => owners.get(account),

    /** Takes in all wallets that there are. */
    async fill(wallets: AggregateStore<Wallet, WalletEvent>): Promise<void> {
      let after: string | undefined;
      do {
        const page = await wallets.find({ where: {}, limit: 500, ...(after !== undefined && { after }) });
        for (const { id, state } of page.items) if (state.status === "open") add(id, state.user, state.accounts);
        after = page.next;
      } while (after !== undefined);
    },
  };
}
