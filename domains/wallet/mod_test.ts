import { expect, test } from "bun:test";
import * as wallet from "./mod.ts";

test("the face of the wallet domain", () => {
  expect(Object.keys(wallet).sort()).toEqual([
    "assetKind",
    "createAssetService",
    "createPlanning",
    "createSender",
    "createTransferService",
    "createWallet",
    "createWalletService",
    "createWalletsAhead",
    "createWatched",
    "cursorKind",
    "depositKind",
    "nonceKind",
    "playTermsKind",
    "registrationKind",
    "signedBytesKind",
    "startWatching",
    "transferKind",
    "walletAheadKind",
    "walletKind",
    "walletReactions",
    "watchEpochKind",
    "watchedWalletKind",
  ]);
});
