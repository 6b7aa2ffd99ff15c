import { parseAccount, parseAsset } from "../shared/mod.ts";
import type { AbiCodec } from "./chain.ts";
import { checksummed } from "./intent.ts";

/** The one spelling of an account or of an asset; undefined where the text is none of its network. */
export type Spelling = {
  readonly account: (text: string) => string | undefined;
  readonly asset: (text: string) => string | undefined;
};

/** The one spelling of accounts and assets: EVM addresses have their checksums. */
export function spellingBy(codec: AbiCodec): Spelling {
  const spelt = (network: string, address: string) =>
    network.startsWith("eip155:") ? checksummed(codec, address) : address;
  return {
    account(text) {
      const account = parseAccount(text);
      const address = account && spelt(account.network, account.address);
      return address && `${account.network}:${address}`;
    },
    asset(text) {
      const asset = parseAsset(text);
      if (asset?.namespace !== "erc20") return asset && text;
      const address = spelt(asset.network, asset.reference);
      return address && `${asset.network}/erc20:${address}`;
    },
  };
}
