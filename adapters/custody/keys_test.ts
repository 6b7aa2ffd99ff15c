import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { entropyToMnemonic } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { HDNodeWallet, Mnemonic, Transaction } from "ethers";
import { type AccountId, type AssetId, amount, type Instant, type NetworkId } from "../../domains/shared/mod.ts";
import type { Account, Network, UnsignedTransaction } from "../../domains/wallet/mod.ts";
import { SealBroken, type Vault, VaultUnreachable } from "../../ports/mod.ts";
import { createLocalVault } from "../local_vault/mod.ts";
import { createStores, openDatabase } from "../sqlite/mod.ts";
import { seedFrom } from "./_seed.ts";
import { createKeys, seedKind } from "./mod.ts";

const common = { name: "", symbol: "X", decimals: 18, final: 1, nativeAsset: "" as AssetId };
const networks: readonly Network[] = [
  { ...common, id: "eip155:31337" as NetworkId, family: "evm" },
  { ...common, id: "eip155:1" as NetworkId, family: "evm" },
  { ...common, id: "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1" as NetworkId, family: "solana" },
  { ...common, id: "bip122:0f9188f13cb7b2c71f2a335e3a4fc328" as NetworkId, family: "bitcoin" },
];
const folder = mkdtempSync(join(tmpdir(), "lucent-custody-"));
afterAll(() => rmSync(folder, { recursive: true }));
const vault = createLocalVault({ path: join(folder, "vault.key") });

function fresh() {
  const seeds = createStores(openDatabase(":memory:"), () => "" as Instant).records(seedKind);
  const at = { vault, seeds, networks };
  return { seeds, keys: createKeys(at), others: createKeys(at) };
}

const transaction: UnsignedTransaction = {
  ...{ network: "eip155:31337" as NetworkId, nonce: 7, to: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8" },
  ...{ value: amount("1000000000000000000000"), data: "0xd0e30db0", gas: amount("60000") },
  ...{ maxFeePerGas: amount("2000000000"), maxPriorityFeePerGas: amount("1000000000") },
};

/** The secret behind a wallet, read past the face. */
async function entropyOf({ seeds }: ReturnType<typeof fresh>, wallet: string): Promise<Uint8Array> {
  const record = await seeds.get(wallet);
  if (!record) throw new Error("no seed");
  return await vault.open(`wallet/${wallet}/seed/1`, record.value.sealed);
}

test("create() gives one account a network, of one seed, always the same", async () => {
  const { keys, others, seeds } = fresh();
  const accounts = await keys.create("w1");
  expect(accounts.map(({ network }) => network)).toEqual(networks.map(({ id }) => id));
  expect(accounts[0]?.address).toBe(accounts[1]?.address as string);
  expect(await others.create("w1")).toEqual(accounts);
  expect((await seeds.get("w1"))?.revision).toBe(1);
  expect(await keys.create("w2")).not.toEqual(accounts);
});

test("create() uses the seed that another process stored while it made its own", async () => {
  const { keys, seeds } = fresh();
  let theirs: readonly Account[] = [];
  const seal: Vault["seal"] = async (purpose, plain) => {
    theirs = await keys.create("w1");
    return await vault.seal(purpose, plain);
  };
  const late = createKeys({ vault: { ...vault, seal }, seeds, networks });
  expect(await late.create("w1")).toEqual(theirs);
  expect(await keys.create("w1")).toEqual(theirs);
  expect(theirs.length).toBe(networks.length);
});

test("create() gives no addresses while the vault is out, and makes no second seed", async () => {
  const outage = async () => {
    throw new VaultUnreachable("Cannot reach the vault");
  };
  const it = fresh();
  const accounts = await it.keys.create("w1");
  const down = createKeys({ vault: { seal: vault.seal, open: outage }, seeds: it.seeds, networks });
  await expect(down.create("w1")).rejects.toBeInstanceOf(VaultUnreachable);
  await expect(down.create("w2")).rejects.toBeInstanceOf(VaultUnreachable);
  expect((await it.seeds.get("w1"))?.revision).toBe(1);
  expect(await it.keys.create("w1")).toEqual(accounts);
});

test("another wallet's seed does not open", async () => {
  const { keys, seeds } = fresh();
  await keys.create("w1");
  const stolen = await seeds.get("w1");
  await seeds.put("w2", stolen?.value as never, 0);
  await expect(keys.create("w2")).rejects.toBeInstanceOf(SealBroken);
});

test("the 24 words find the same account in another wallet", async () => {
  const it = fresh();
  const [account] = await it.keys.create("w1");
  const entropy = await entropyOf(it, "w1");
  expect(entropy.length).toBe(32);
  const theirs = HDNodeWallet.fromMnemonic(Mnemonic.fromEntropy(entropy), "m/44'/60'/0'/0/0");
  expect(account?.address).toBe(theirs.address);
});

test("sign() signs what it was given, to the same bytes as ethers' wallet", async () => {
  const it = fresh();
  const [account] = (await it.keys.create("w1")) as [Account];
  const { raw, hash } = await it.keys.sign("w1", account, transaction);
  const read = Transaction.from(raw);
  expect(read.toJSON()).toMatchObject({
    ...{ type: 2, chainId: "31337", nonce: 7, to: transaction.to, value: transaction.value, data: transaction.data },
    ...{ gasLimit: "60000", maxFeePerGas: "2000000000", maxPriorityFeePerGas: "1000000000" },
  });
  expect([read.from, read.hash]).toEqual([account.address, hash]);
  expect(await it.others.sign("w1", account, transaction)).toEqual({ raw, hash });
  const wallet = HDNodeWallet.fromMnemonic(Mnemonic.fromEntropy(await entropyOf(it, "w1")), account.path);
  const { gas, network: _, ...fields } = transaction;
  expect(raw).toBe(await wallet.signTransaction({ ...fields, type: 2, chainId: 31337, gasLimit: gas }));
});

test("sign() signs for no account but the wallet's own, on its own network", async () => {
  const { keys } = fresh();
  const [local, mainnet, solana] = (await keys.create("w1")) as [Account, Account, Account];
  const [foreign] = (await keys.create("w2")) as [Account];
  const stray = { ...local, network: "eip155:10" as NetworkId, account: "eip155:10:0x0" as AccountId };
  await expect(keys.sign("w1", foreign, transaction)).rejects.toThrow("another account");
  await expect(keys.sign("w1", mainnet, transaction)).rejects.toThrow("the transaction is for eip155:31337");
  await expect(keys.sign("w1", solana, { ...transaction, network: solana.network })).rejects.toThrow("no EVM network");
  await expect(keys.sign("w1", stray, { ...transaction, network: stray.network })).rejects.toThrow("no EVM network");
  await expect(keys.sign("w3", local, transaction)).rejects.toThrow("it has no seed");
});

test("createKeys() refuses a network that it has no addresses for", () => {
  const unknown: Network = { ...common, id: "bip122:fdbe99b90c90bae7505796461471d89a" as NetworkId, family: "bitcoin" };
  const { seeds } = fresh();
  expect(() => createKeys({ vault, seeds, networks: [...networks, unknown] })).toThrow("no Bitcoin network");
});

test("no answer, record or fault shows a seed, its words or a private key", async () => {
  const it = fresh();
  const accounts = await it.keys.create("w1");
  const [account] = accounts as [Account];
  const told: unknown[] = [accounts, await it.keys.sign("w1", account, transaction), await it.seeds.get("w1")];
  const bad: Partial<UnsignedTransaction>[] = [
    { to: "0x70997970c51812dc3a010c7d01b50e0d17dc79cX" },
    { data: "0xZZ" },
    { nonce: -1 },
    { value: "-1" as never },
    { gas: "many" as never },
  ];
  for (const change of bad) {
    const outcome = await it.keys.sign("w1", account, { ...transaction, ...change }).catch((error) => error);
    expect(outcome).toBeInstanceOf(Error);
    told.push(outcome);
  }
  const entropy = await entropyOf(it, "w1");
  const { privateKey } = HDNodeWallet.fromMnemonic(Mnemonic.fromEntropy(entropy), account.path);
  const words = entropyToMnemonic(entropy, wordlist).split(" ");
  const secrets = [entropy, seedFrom(entropy), Buffer.from(privateKey.slice(2), "hex")].flatMap((secret) => {
    const start = Buffer.from(secret.subarray(0, 15));
    return [start.toString("hex"), start.toString("base64"), start.toString("base64url"), start.join(",")];
  });
  const plain = (_: string, value: unknown) => (typeof value === "bigint" ? `${value}` : value);
  for (const each of told) {
    const text = `${JSON.stringify(each, plain)} ${Bun.inspect(each, { depth: 20 })}`.toLowerCase();
    for (const secret of [...secrets, words.slice(0, 3).join(" ")]) expect(text).not.toContain(secret.toLowerCase());
  }
});
