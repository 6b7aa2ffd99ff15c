import { seedKind } from "../adapters/custody/mod.ts";
import {
  assetKind,
  createWatched,
  cursorKind,
  depositKind,
  nonceKind,
  playTermsKind,
  registrationKind,
  signedBytesKind,
  transferKind,
  walletKind,
  watchEpochKind,
  watchedWalletKind,
} from "../domains/wallet/mod.ts";
import type { Footing } from "./host.ts";

/** What the wallet service keeps, but for what transfers are judged by. */
export function openWalletStores({ stores: { open, records } }: Footing) {
  const kinds = {
    ...{ wallets: open(walletKind), transfers: open(transferKind), deposits: open(depositKind) },
    ...{ nonces: open(nonceKind), registrations: open(registrationKind), playTerms: open(playTermsKind) },
  };
  const known = { watchedWallets: records(watchedWalletKind), watchEpochs: records(watchEpochKind) };
  return {
    ...{ kinds, listed: open(assetKind), watched: createWatched({ wallets: kinds.wallets, ...known }) },
    ...{ seeds: records(seedKind), cursors: records(cursorKind), signedBytes: records(signedBytesKind) },
  };
}
