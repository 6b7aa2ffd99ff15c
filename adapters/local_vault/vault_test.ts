import { afterAll, expect, test } from "bun:test";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { SealBroken, VaultUnreachable } from "../../ports/mod.ts";
import { testVault } from "../../ports/vault_contract.ts";
import { createLocalVault } from "./mod.ts";

const folder = mkdtempSync(join(tmpdir(), "lucent-vault-"));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;
const freshPath = () => join(folder, `${++count}`, "vault.json");

testVault("local vault", async () => {
  const path = freshPath();
  return () => createLocalVault({ path });
});

const purpose = "wallet/w1/seed/1";
const plain = Buffer.from("a seed");

test("the key file is the owner's alone, and nothing else is left beside it", async () => {
  const path = freshPath();
  await createLocalVault({ path }).seal(purpose, plain);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(dirname(path))).toEqual(["vault.json"]);
});

test("of processes that make the key file at once, all use one key", async () => {
  const path = freshPath();
  const script = `
    import { createLocalVault } from "${join(import.meta.dir, "mod.ts")}";
    const sealed = await createLocalVault({ path: "${path}" }).seal("${purpose}", Buffer.from("a seed"));
    console.log(JSON.stringify(sealed));`;
  const processes = Array.from({ length: 4 }, () => Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" }));
  const here = Array.from({ length: 20 }, () => createLocalVault({ path }).seal(purpose, plain));
  const told = await Promise.all(processes.map(async ({ stdout }) => JSON.parse(await new Response(stdout).text())));
  const vault = createLocalVault({ path });
  for (const sealed of [...told, ...(await Promise.all(here))]) {
    expect(await vault.open(purpose, sealed)).toEqual(plain);
  }
  expect(readdirSync(dirname(path))).toEqual(["vault.json"]);
});

test("open() without the key file is an outage, and makes no new key", async () => {
  const path = freshPath();
  const sealed = await createLocalVault({ path }).seal(purpose, plain);
  renameSync(path, `${path}.away`);
  const vault = createLocalVault({ path });
  await expect(vault.open(purpose, sealed)).rejects.toBeInstanceOf(VaultUnreachable);
  expect(readdirSync(dirname(path))).toEqual(["vault.json.away"]);
  renameSync(`${path}.away`, path);
  expect(await vault.open(purpose, sealed)).toEqual(plain);
});

test("seal() makes no new key over one that was lost", async () => {
  const path = freshPath();
  const sealed = await createLocalVault({ path }).seal(purpose, plain);
  rmSync(path);
  const vault = createLocalVault({ path, inUse: async () => true });
  await expect(vault.seal(purpose, plain)).rejects.toBeInstanceOf(VaultUnreachable);
  await expect(vault.open(purpose, sealed)).rejects.toBeInstanceOf(VaultUnreachable);
  await createLocalVault({ path }).seal(purpose, plain);
  await expect(vault.open(purpose, sealed)).rejects.toBeInstanceOf(SealBroken);
});

test("a key added by rotation is found without a restart, and the old one still opens", async () => {
  const path = freshPath();
  const vault = createLocalVault({ path });
  const old = await vault.seal(purpose, plain);
  const { keys } = JSON.parse(readFileSync(path, "utf8"));
  const added = { current: "k2", keys: { ...keys, k2: Buffer.alloc(32, 7).toString("base64url") } };
  writeFileSync(path, JSON.stringify(added));
  const sealed = await createLocalVault({ path }).seal(purpose, plain);
  expect(sealed.key).toBe("k2");
  expect(await vault.open(purpose, sealed)).toEqual(plain);
  expect(await vault.open(purpose, old)).toEqual(plain);
});

test("a key file that others may read is refused", async () => {
  const path = freshPath();
  await createLocalVault({ path }).seal(purpose, plain);
  chmodSync(path, 0o640);
  await expect(createLocalVault({ path }).seal(purpose, plain)).rejects.toBeInstanceOf(VaultUnreachable);
});

test("no fault tells what a damaged key file holds", async () => {
  const path = freshPath();
  const sealed = await createLocalVault({ path }).seal(purpose, plain);
  const key: string = JSON.parse(readFileSync(path, "utf8")).keys[sealed.key];
  for (const damaged of [
    `{"current": ${key}`,
    JSON.stringify({ current: "k", keys: { k: key.slice(1) } }),
    "null",
    "",
  ]) {
    writeFileSync(path, damaged);
    const fault = await createLocalVault({ path })
      .open(purpose, sealed)
      .catch((error) => error);
    expect(fault).toBeInstanceOf(VaultUnreachable);
    expect(Bun.inspect(fault)).not.toContain(key.slice(1, 20));
  }
});

test("rotate() adds a key that all seal by within a second; of many at once none loses another's key", async () => {
  const path = freshPath();
  const [running, beside] = [createLocalVault({ path }), createLocalVault({ path })];
  const before = await running.seal(purpose, plain);
  await Promise.allSettled([beside.rotate(), beside.rotate(), createLocalVault({ path }).rotate()]);
  const keys = await beside.keys();
  expect(keys.at(-1)).toBe(before.key);
  expect(readdirSync(dirname(path))).toEqual(["vault.json"]);
  await Bun.sleep(1_100);
  const after = await running.seal(purpose, plain);
  expect(after.key).toBe(keys[0] as string);
  await beside.retire();
  expect(await beside.keys()).toEqual([after.key]);
  expect(await createLocalVault({ path }).open(purpose, after)).toEqual(plain);
  await expect(createLocalVault({ path }).open(purpose, before)).rejects.toBeInstanceOf(SealBroken);
});

test("a change of the key file that was ended in the middle is told, and not written over", async () => {
  const path = freshPath();
  const vault = createLocalVault({ path });
  await vault.seal(purpose, plain);
  writeFileSync(`${path}.changing`, "");
  await expect(vault.rotate()).rejects.toThrow("another one does, or was ended while it did");
});

test("a file that is lost while a process seals is an outage", async () => {
  const path = freshPath();
  const vault = createLocalVault({ path });
  await vault.seal(purpose, plain);
  rmSync(path);
  await Bun.sleep(1_100);
  await expect(vault.seal(purpose, plain)).rejects.toBeInstanceOf(VaultUnreachable);
});
