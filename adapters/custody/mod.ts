/**
 * Keys of wallets: seeds sealed by a vault; accounts by BIP-39, BIP-32, BIP-44, BIP-84 and SLIP-10.
 *
 * @module
 */
export { accountsOf } from "./accounts.ts";
export { keepEntropy, openEntropy } from "./entropy.ts";
export { createKeys, type SealedSeed, seedKind } from "./keys.ts";
