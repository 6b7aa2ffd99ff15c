import { expect, test } from "bun:test";
import { ed25519 } from "@noble/curves/ed25519.js";
import { HDKey } from "@scure/bip32";
import { mnemonicToEntropy } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { HDNodeWallet, Mnemonic } from "ethers";
import type { AssetId, NetworkId } from "../../domains/shared/mod.ts";
import type { Family, Network } from "../../domains/wallet/mod.ts";
import { accountOn, deriveEd25519, deriveKey } from "./_derivation.ts";
import { seedFrom } from "./_seed.ts";

const about = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
const junk = "test test test test test test test test test test test junk";
const seedOf = (words: string) => seedFrom(mnemonicToEntropy(words, wordlist));
const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));
const hex = (key: Uint8Array) => Buffer.from(key).toString("hex");

function network(family: Family, id: string): Network {
  const nativeAsset = `${id}/slip44:0` as AssetId;
  return { id: id as NetworkId, family, nativeAsset, name: id, symbol: "X", decimals: 18, final: 1 };
}
const ethereum = network("evm", "eip155:1");
const solana = network("solana", "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp");

test("seedFrom() makes the seeds of BIP-39, as ethers does", () => {
  expect(hex(seedFrom(new Uint8Array(16)))).toBe(
    "5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc19a5ac40b389cd370d086206dec8aa6c43daea6690f20ad3d8d48b2d2ce9e38e4",
  );
  expect(hex(seedFrom(new Uint8Array(32)))).toBe(
    "408b285c123836004f4b8842c89324c1f01382450c0d439af345ba7fc49acf705489c6fc77dbd4e3dc1dd8cc6bc9f043db8ada1e243c4a0eafb290d399480840",
  );
  for (let round = 0; round < 5; round++) {
    const entropy = bytes(new Bun.CryptoHasher("sha256").update(`entropy ${round}`).digest("hex"));
    expect(`0x${hex(seedFrom(entropy))}`).toBe(Mnemonic.fromEntropy(entropy).computeSeed());
  }
});

// Test vectors 1 and 3 of BIP-32; the third one keeps leading zeros.
test.each([
  [
    "000102030405060708090a0b0c0d0e0f",
    "m/0'/1",
    "xprv9wTYmMFdV23N2TdNG573QoEsfRrWKQgWeibmLntzniatZvR9BmLnvSxqu53Kw1UmYPxLgboyZQaXwTCg8MSY3H2EU4pWcQDnRnrVA1xe8fs",
  ],
  [
    "4b381541583be4423346c643850da4b320e46a87ae3d2a4e6da11eba819cd4acba45d239319ac14f863b8d5ab5a0d0c64d2e8a1e7d1457df2e5a3c51c73235be",
    "m/0'",
    "xprv9uPDJpEQgRQfDcW7BkF7eTya6RPxXeJCqCJGHuCJ4GiRVLzkTXBAJMu2qaMWPrS7AANYqdq6vcBcBUdJCVVFceUvJFjaPdGZ2y9WACViL4L",
  ],
])("BIP-32 vector of seed %s at %s", (seed, path, expected) => {
  expect(HDKey.fromMasterSeed(bytes(seed)).derive(path).privateExtendedKey).toBe(expected);
});

// Test vector 1 of SLIP-10 for ed25519.
test.each([
  ["m", "2b4be7f19ee27bbf30c667b642d5f4aa69fd169872f8fc3059c08ebae2eb19e7"],
  ["m/0'", "68e0fe46dfb67e368c75379acec591dad19df3cde26e63b93a8e704f1dade7a3"],
  ["m/0'/1'/2'/2'/1000000000'", "8f94d394a8e8fd6b1bc2f3f49f5c47e385281d5c17e65324b0f62483e37e8793"],
])("SLIP-10 vector at %s", (path, expected) => {
  expect(hex(deriveEd25519(bytes("000102030405060708090a0b0c0d0e0f"), path))).toBe(expected);
});

test("SLIP-10 gives the public key of its vector", () => {
  const key = deriveEd25519(bytes("000102030405060708090a0b0c0d0e0f"), "m/0'/1'/2'/2'/1000000000'");
  expect(hex(ed25519.getPublicKey(key))).toBe("3c24da049451555d51a7014a37337aa4e12d41e485abccfa46b47dfb2af54b7a");
});

test("SLIP-10 of ed25519 refuses a step that is not hardened", () => {
  expect(() => deriveEd25519(new Uint8Array(64), "m/44'/501'/0")).toThrow("hardened");
});

test.each([
  ["EVM", ethereum, about, "m/44'/60'/0'/0/0", "0x9858EfFD232B4033E47d90003D41EC34EcaEda94"],
  ["EVM", ethereum, junk, "m/44'/60'/0'/0/0", "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"],
  ["Solana", solana, about, "m/44'/501'/0'/0'", "HAgk14JpMQLgt6rVgv7cBQFJWFto5Dqxi472uT3DKpqk"],
  [
    "Bitcoin",
    network("bitcoin", "bip122:000000000019d6689c085ae165831e93"),
    about,
    "m/84'/0'/0'/0/0",
    "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu",
  ],
  [
    "Bitcoin testnet",
    network("bitcoin", "bip122:000000000933ea01ad0ee984209779ba"),
    about,
    "m/84'/1'/0'/0/0",
    "tb1q6rz28mcfaxtmd6v789l9rrlrusdprr9pqcpvkl",
  ],
  [
    "Bitcoin regtest",
    network("bitcoin", "bip122:0f9188f13cb7b2c71f2a335e3a4fc328"),
    about,
    "m/84'/1'/0'/0/0",
    "bcrt1q6rz28mcfaxtmd6v789l9rrlrusdprr9pz3cppk",
  ],
])("the first %s account is where other wallets find it", (_name, on, words, path, address) => {
  expect(accountOn(on, seedOf(words))).toEqual({
    account: `${on.id}:${address}` as never,
    ...{ network: on.id, family: on.family, address, path },
  });
});

test("deriveKey() agrees with ethers' own BIP-32", () => {
  for (let round = 0; round < 5; round++) {
    const entropy = bytes(new Bun.CryptoHasher("sha256").update(`other entropy ${round}`).digest("hex"));
    const theirs = HDNodeWallet.fromMnemonic(Mnemonic.fromEntropy(entropy), "m/44'/60'/0'/0/0");
    const { address, privateKey } = deriveKey(ethereum, seedFrom(entropy));
    expect([address, `0x${hex(privateKey)}`]).toEqual([theirs.address, theirs.privateKey]);
  }
});

test("a Bitcoin network without a known address format is refused", () => {
  const unknown = network("bitcoin", "bip122:fdbe99b90c90bae7505796461471d89a");
  expect(() => accountOn(unknown, seedOf(about))).toThrow("Cannot derive addresses on bip122:fdbe99b9");
});
