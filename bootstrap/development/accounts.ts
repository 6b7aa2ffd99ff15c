import { type BaseWallet, HDNodeWallet } from "ethers";
import { accountId, type NetworkId } from "../../domains/shared/mod.ts";
import type { Signer } from "../client.ts";

/** The local chain, by CAIP-2. */
export const localNetwork = "eip155:31337" as NetworkId;

/** Everybody's mnemonic: anvil gives each of its first ten accounts 10,000 ether. */
const mnemonic = "test test test test test test test test test test test junk";

const path = "m/44'/60'/0'/0";
/** Places in the mnemonic. The account at 0 is what tools send from where nothing else is said: left to them. */
const places = { user: 1, admin: 2, approver: 3 } as const;

export type DevelopmentName = keyof typeof places;

export const developmentNames = Object.keys(places) as readonly DevelopmentName[];

/** A development account: its CAIP-10 id on the local chain, and its EIP-191 signatures. */
export function developmentSigner(name: DevelopmentName): Signer {
  return localSigner(HDNodeWallet.fromPhrase(mnemonic, "", `${path}/${places[name]}`));
}

/** Any key, as an account of the local chain. */
export function localSigner(wallet: BaseWallet): Signer {
  return { account: accountId(localNetwork, wallet.address), sign: (message) => wallet.signMessage(message) };
}
