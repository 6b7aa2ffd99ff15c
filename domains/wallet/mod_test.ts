import { expect, test } from "bun:test";
import * as wallet from "./mod.ts";

test("the face of the wallet domain", () => {
  expect(Object.keys(wallet).sort()).toEqual([
    "assetKind",
    "createAssetService",
    "createDestinationService",
    "createFreezeService",
    "createJudging",
    "createPlanning",
    "createPolicyService",
    "createSender",
    "createTransferService",
    "createWalletService",
    "createWatched",
    "cursorKind",
    "depositKind",
    "destinationsKind",
    "nonceKind",
    "platformFreezeKind",
    "playTermsKind",
    "policyInForceKind",
    "policyKind",
    "registrationKind",
    "signedBytesKind",
    "spellingBy",
    "startWatching",
    "transferKind",
    "volumeKind",
    "volumeScopes",
    "volumeWindows",
    "walletKind",
    "walletReactions",
    "watchEpochKind",
    "watchedWalletKind",
  ]);
});
