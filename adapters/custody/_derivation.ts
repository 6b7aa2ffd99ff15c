import { createHmac } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519.js";
import { base58, bech32 } from "@scure/base";
import { HDKey } from "@scure/bip32";
import { computeAddress } from "ethers/transaction";
import { type AccountId, accountId } from "../../domains/shared/mod.ts";
import type { Account, Family, Network } from "../../domains/wallet/mod.ts";

/** A node of the tree of keys: for signing, and then gone. */
export type DerivedKey = { readonly address: string; readonly privateKey: Uint8Array };

/** What of a network decides on the accounts there. */
type On = Pick<Network, "id" | "family">;

/** Address formats of the Bitcoin networks (BIP-173), by the genesis block that names them in CAIP-2. */
const bitcoinNetworks: Readonly<Record<string, { readonly prefix: string; readonly coin: number }>> = {
  "bip122:000000000019d6689c085ae165831e93": { prefix: "bc", coin: 0 },
  "bip122:000000000933ea01ad0ee984209779ba": { prefix: "tb", coin: 1 },
  "bip122:00000000da84f2bafbbc53dee25a72ae": { prefix: "tb", coin: 1 },
  "bip122:00000008819873e925422c1ff0f99f7c": { prefix: "tb", coin: 1 },
  "bip122:0f9188f13cb7b2c71f2a335e3a4fc328": { prefix: "bcrt", coin: 1 },
};

/** How a family's first account is found: BIP-44 for EVM, what Phantom and others do for Solana, BIP-84 for Bitcoin. */
export function pathOn(network: On): string {
  const paths: Record<Family, () => string> = {
    evm: () => "m/44'/60'/0'/0/0",
    solana: () => "m/44'/501'/0'/0'",
    bitcoin: () => `m/84'/${bitcoinNetwork(network).coin}'/0'/0/0`,
  };
  return paths[network.family]();
}

/** The account that a seed has on a network. */
export function accountOn(network: On, seed: Uint8Array): Account {
  const key = deriveKey(network, seed);
  key.privateKey.fill(0);
  const account: AccountId = accountId(network.id, key.address);
  return { account, network: network.id, family: network.family, address: key.address, path: pathOn(network) };
}

/** The caller overwrites the private key after use. */
export function deriveKey(network: On, seed: Uint8Array): DerivedKey {
  const path = pathOn(network);
  if (network.family === "solana") {
    const privateKey = deriveEd25519(seed, path);
    return { privateKey, address: base58.encode(ed25519.getPublicKey(privateKey)) };
  }
  const root = HDKey.fromMasterSeed(seed);
  const node = root.derive(path);
  try {
    return { privateKey: present(node.privateKey).slice(), address: secp256k1Address(network, node) };
  } finally {
    root.wipePrivateData();
    node.wipePrivateData();
  }
}

function secp256k1Address(network: On, { publicKey, pubKeyHash }: HDKey): string {
  if (network.family === "evm") return computeAddress(`0x${Buffer.from(present(publicKey)).toString("hex")}`);
  // Version 0 of BIP-173: pay to witness public key hash.
  return bech32.encode(bitcoinNetwork(network).prefix, [0, ...bech32.toWords(present(pubKeyHash))]);
}

/** SLIP-10 for ed25519, which knows hardened steps only. */
export function deriveEd25519(seed: Uint8Array, path: string): Uint8Array {
  let node = createHmac("sha512", "ed25519 seed").update(seed).digest();
  for (const step of path.split("/").slice(1)) {
    if (!/^\d+'$/.test(step)) throw new Error(`Cannot derive "${path}": every step of ed25519 is hardened`);
    const data = Buffer.alloc(37);
    data.set(node.subarray(0, 32), 1);
    data.writeUInt32BE(0x80000000 + Number.parseInt(step, 10), 33);
    const child = createHmac("sha512", node.subarray(32)).update(data).digest();
    for (const used of [node, data]) used.fill(0);
    node = child;
  }
  const key = new Uint8Array(node.subarray(0, 32));
  node.fill(0);
  return key;
}

function bitcoinNetwork({ id }: On) {
  const known = bitcoinNetworks[id];
  if (!known) throw new Error(`Cannot derive addresses on ${id}: it is no Bitcoin network that Lucent knows`);
  return known;
}

function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error("Cannot derive a key: the node has none");
  return value;
}
