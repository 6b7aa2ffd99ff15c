import { pbkdf2Sync } from "node:crypto";
import { entropyToMnemonic } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";

/** Of a wallet: 24 words. */
export const entropyLength = 32;

/** The seed of BIP-39: the words of the entropy, stretched, without a passphrase. The caller overwrites it after use. */
export function seedFrom(entropy: Uint8Array): Buffer {
  return pbkdf2Sync(entropyToMnemonic(entropy, wordlist), "mnemonic", 2048, 64, "sha512");
}
