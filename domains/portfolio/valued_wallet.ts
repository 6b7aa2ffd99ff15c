/**
 * What the portfolio knows of a wallet: its addresses, for reads that value its positions.
 *
 * @module
 */
import type { AggregateKind } from "../../ports/mod.ts";
import { accept, type Decision, type NetworkId } from "../shared/mod.ts";

export type WalletAddress = { readonly network: NetworkId; readonly address: string };

export type ValuedWallet = { readonly addresses: readonly WalletAddress[] };

export type ValuedWalletEvent = { readonly type: "AddressesLearned"; readonly addresses: readonly WalletAddress[] };

/** Remembers the addresses that a wallet was made with. */
export function learnAddresses(
  _wallet: ValuedWallet,
  accounts: readonly WalletAddress[],
): Decision<ValuedWalletEvent, never> {
  const addresses = accounts.map(({ network, address }) => ({ network, address }));
  return accept<ValuedWalletEvent>({ type: "AddressesLearned", addresses });
}

/** Replays a recorded fact. */
export function evolve(_wallet: ValuedWallet, { addresses }: ValuedWalletEvent): ValuedWallet {
  return { addresses };
}

/** The wallet's address on the network; undefined where it has none, or none is known yet. */
export function addressOn({ addresses }: ValuedWallet, network: NetworkId): string | undefined {
  return addresses.find((each) => each.network === network)?.address;
}

export const valuedWalletKind: AggregateKind<ValuedWallet, ValuedWalletEvent> = {
  name: "valued_wallet",
  initial: { addresses: [] },
  evolve,
  upcasters: [],
  indexes: [],
};
