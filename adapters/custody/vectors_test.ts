import { afterAll, expect, test } from "bun:test";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { base58, hex } from "@scure/base";
import { HDKey } from "@scure/bip32";
import { networks as bitcoinNetworks, payments } from "bitcoinjs-lib";
import { derivePath } from "ed25519-hd-key";
import { HDNodeWallet, Mnemonic, Transaction } from "ethers";
import fc from "fast-check";
import { type AssetId, amount, type Instant, type NetworkId } from "../../domains/shared/mod.ts";
import type { Account, Family, Network, UnsignedTransaction } from "../../domains/wallet/mod.ts";
import { createLocalVault } from "../local_vault/mod.ts";
import { createStores, openDatabase } from "../sqlite/mod.ts";
import { deriveEd25519 } from "./_derivation.ts";
import { accountsOf, createKeys, openEntropy, seedKind } from "./mod.ts";

const folder = mkdtempSync(join(tmpdir(), "lucent-vectors-"));
afterAll(() => rmSync(folder, { recursive: true }));

const ofBip32 = {
  one: "000102030405060708090a0b0c0d0e0f",
  two: "fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a29f9c999693908d8a8784817e7b7875726f6c696663605d5a5754514e4b484542",
  four: "3ddd5602285899a946114506157c7997e5444528f3003f6134712147db19b678",
} as const;

test.each([
  [
    "one",
    "m",
    "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
  ],
  [
    "one",
    "m/0'",
    "xprv9uHRZZhk6KAJC1avXpDAp4MDc3sQKNxDiPvvkX8Br5ngLNv1TxvUxt4cV1rGL5hj6KCesnDYUhd7oWgT11eZG7XnxHrnYeSvkzY7d2bhkJ7",
  ],
  [
    "one",
    "m/0'/1/2'/2/1000000000",
    "xprvA41z7zogVVwxVSgdKUHDy1SKmdb533PjDz7J6N6mV6uS3ze1ai8FHa8kmHScGpWmj4WggLyQjgPie1rFSruoUihUZREPSL39UNdE3BBDu76",
  ],
  [
    "two",
    "m",
    "xprv9s21ZrQH143K31xYSDQpPDxsXRTUcvj2iNHm5NUtrGiGG5e2DtALGdso3pGz6ssrdK4PFmM8NSpSBHNqPqm55Qn3LqFtT2emdEXVYsCzC2U",
  ],
  [
    "two",
    "m/0",
    "xprv9vHkqa6EV4sPZHYqZznhT2NPtPCjKuDKGY38FBWLvgaDx45zo9WQRUT3dKYnjwih2yJD9mkrocEZXo1ex8G81dwSM1fwqWpWkeS3v86pgKt",
  ],
  [
    "four",
    "m",
    "xprv9s21ZrQH143K48vGoLGRPxgo2JNkJ3J3fqkirQC2zVdk5Dgd5w14S7fRDyHH4dWNHUgkvsvNDCkvAwcSHNAQwhwgNMgZhLtQC63zxwhQmRv",
  ],
  [
    "four",
    "m/0'/1'",
    "xprv9xJocDuwtYCMNAo3Zw76WENQeAS6WGXQ55RCy7tDJ8oALr4FWkuVoHJeHVAcAqiZLE7Je3vZJHxspZdFHfnBEjHqU5hG1Jaj32dVoS6XLT1",
  ],
] as const)("BIP-32 vector %s at %s", (seed, path, expected) => {
  expect(HDKey.fromMasterSeed(hex.decode(ofBip32[seed])).derive(path).privateExtendedKey).toBe(expected);
});

test.each([
  ["one", "m/0'/1'", "b1d0bad404bf35da785a64ca1ac54b2617211d2777696fbffaf208f746ae84f2"],
  ["one", "m/0'/1'/2'", "92a5b23c0b8a99e37d07df3fb9966917f5d06e02ddbd909c7e184371463e9fc9"],
  ["one", "m/0'/1'/2'/2'", "30d1dc7e5fc04c31219ab25a27ae00b50f6fd66622f6e9c913253d6511d1e662"],
  ["two", "m", "171cb88b1b3c1db25add599712e36245d75bc65a1a5c9e18d76f9f2b1eab4012"],
  ["two", "m/0'", "1559eb2bbec5790b0c65d8693e4d0875b1747f4970ae8b650486ed7470845635"],
  ["two", "m/0'/2147483647'", "ea4f5bfe8694d8bb74b7b59404632fd5968b774ed545e810de9c32a4fb4192f4"],
  ["two", "m/0'/2147483647'/1'", "3757c7577170179c7868353ada796c839135b3d30554bbb74a4b1e4a5a58505c"],
  ["two", "m/0'/2147483647'/1'/2147483646'", "5837736c89570de861ebc173b1086da4f505d4adb387c6a1b1342d5e4ac9ec72"],
  ["two", "m/0'/2147483647'/1'/2147483646'/2'", "551d333177df541ad876a60ea71f00447931c0a9da16f227c11ea080d7391b8d"],
] as const)("SLIP-10 vector %s of ed25519 at %s", (seed, path, expected) => {
  expect(hex.encode(deriveEd25519(hex.decode(ofBip32[seed]), path))).toBe(expected);
});

function network(family: Family, id: string): Network {
  const nativeAsset = `${id}/slip44:0` as AssetId;
  return { id: id as NetworkId, family, nativeAsset, name: id, symbol: "X", decimals: 18, final: 1 };
}
const ethereum = network("evm", "eip155:1");
const solana = network("solana", "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp");
const bitcoin = network("bitcoin", "bip122:000000000019d6689c085ae165831e93");
const regtest = network("bitcoin", "bip122:0f9188f13cb7b2c71f2a335e3a4fc328");
const entropies = fc.uint8Array({ minLength: 32, maxLength: 32 });

/** The public key of Ed25519, by OpenSSL. */
function publicKeyOf(privateKey: Uint8Array): Uint8Array {
  // PKCS #8 (RFC 8410).
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), privateKey]);
  const { x = "" } = createPublicKey(createPrivateKey({ key: der, format: "der", type: "pkcs8" })).export({
    format: "jwk",
  });
  return Buffer.from(x, "base64url");
}

/** The same accounts as other libraries find them: ethers' tree of keys, ed25519-hd-key, OpenSSL, bitcoinjs-lib. */
function asOthersSay(entropy: Uint8Array): string[] {
  const mnemonic = Mnemonic.fromEntropy(entropy);
  const at = (path: string) => HDNodeWallet.fromMnemonic(mnemonic, path);
  const segwit = (path: string, chain: typeof bitcoinNetworks.bitcoin) =>
    payments.p2wpkh({ pubkey: hex.decode(at(path).publicKey.slice(2)), network: chain }).address ?? "";
  const { key } = derivePath("m/44'/501'/0'/0'", mnemonic.computeSeed().slice(2));
  return [
    at("m/44'/60'/0'/0/0").address,
    base58.encode(publicKeyOf(key)),
    segwit("m/84'/0'/0'/0/0", bitcoinNetworks.bitcoin),
    segwit("m/84'/1'/0'/0/0", bitcoinNetworks.regtest),
  ];
}

test("of any words, the addresses on all three families are those that other libraries find", () => {
  fc.assert(
    fc.property(entropies, (entropy) => {
      const accounts = accountsOf(entropy, [ethereum, solana, bitcoin, regtest]);
      expect(accounts.map(({ address }) => address)).toEqual(asOthersSay(entropy));
    }),
    { numRuns: 100 },
  );
}, 60_000);

const transactions = fc.record({
  nonce: fc.nat(),
  value: fc.bigInt(0n, 2n ** 128n).map(String),
  data: fc.uint8Array({ maxLength: 80 }).map((bytes) => `0x${hex.encode(bytes)}`),
  to: fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => `0x${hex.encode(bytes)}`),
});

test("of any EVM transaction, the signature is RFC 6979's with a low s, as another library makes and recovers it", async () => {
  const seeds = createStores(openDatabase(":memory:"), () => "" as Instant).records(seedKind);
  const vault = createLocalVault({ path: join(folder, "vault.key") });
  const keys = createKeys({ vault, seeds, networks: [ethereum] });
  const [account] = (await keys.create("w1")) as [Account];
  const stored = await seeds.get("w1");
  if (!stored) throw new Error("no seed");
  const mnemonic = Mnemonic.fromEntropy(await openEntropy(vault, stored));
  const privateKey = hex.decode(HDNodeWallet.fromMnemonic(mnemonic, account.path).privateKey.slice(2));
  await fc.assert(
    fc.asyncProperty(transactions, async ({ value, ...fields }) => {
      const unsigned: UnsignedTransaction = {
        ...{ ...fields, network: ethereum.id, value: amount(value), gas: amount("60000") },
        ...{ maxFeePerGas: amount("2000000000"), maxPriorityFeePerGas: amount("1000000000") },
      };
      const read = Transaction.from((await keys.sign("w1", account, unsigned)).raw);
      const { r, s, yParity } = read.signature ?? { r: "", s: "", yParity: 0 };
      const signature = new secp256k1.Signature(BigInt(r), BigInt(s), yParity);
      const hash = hex.decode(read.unsignedHash.slice(2));
      const theirs = secp256k1.sign(hash, privateKey, { prehash: false, format: "recovered" });
      expect(signature.toHex("recovered")).toBe(hex.encode(theirs));
      expect(signature.hasHighS()).toBe(false);
      const point = signature.recoverPublicKey(hash);
      expect(`0x${point.toHex(false)}`).toBe(read.fromPublicKey ?? "");
      expect(read.from).toBe(account.address);
    }),
    { numRuns: 50 },
  );
}, 60_000);
