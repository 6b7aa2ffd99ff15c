import type { Account, Network } from "../../domains/wallet/mod.ts";
import { accountOn } from "./_derivation.ts";
import { seedFrom } from "./_seed.ts";

/** The accounts that a wallet's entropy has on some networks. */
export function accountsOf(entropy: Uint8Array, networks: readonly Pick<Network, "id" | "family">[]): Account[] {
  const seed = seedFrom(entropy);
  try {
    return networks.map((network) => accountOn(network, seed));
  } finally {
    seed.fill(0);
  }
}
