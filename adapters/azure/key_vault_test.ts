import { afterAll, expect, test } from "bun:test";
import { SealBroken, type Sealed, VaultUnreachable } from "../../ports/mod.ts";
import { testVault } from "../../ports/vault_contract.ts";
import { anyServer, faultOf, freshDataKeys, openStage } from "./_stage_test.ts";
import { createKeyVault } from "./mod.ts";

const server = await anyServer();
afterAll(() => server.close());

testVault("Key Vault", async () => {
  const { name } = await server.makeKey();
  const dataKeys = freshDataKeys();
  return () => createKeyVault({ connection: server.connection, key: name, dataKeys });
});

const plain = Buffer.from("a seed");
const none: Sealed = { key: "", nonce: "", ciphertext: "" };
const purposeOf = (wallet: number) => `wallet/w${wallet}/seed/1`;

/** Answers one operation with bytes of its own making. */
function anotherValue(operation: "wrapkey" | "unwrapkey", length: number) {
  const value = Buffer.alloc(length, 7).toString("base64url");
  return (path: string) => (path.endsWith(`/${operation}`) ? { status: 200, body: { kid: "k", value } } : undefined);
}

test("10,000 wallets are sealed and opened with no more calls than 100 are", async () => {
  await using stage = await openStage();
  const vault = stage.open();
  const sealed: Sealed[] = [];
  for (let batch = 0; batch < 100; batch++) {
    const wallets = Array.from({ length: 100 }, (_, index) => batch * 100 + index);
    sealed.push(...(await Promise.all(wallets.map((wallet) => vault.seal(purposeOf(wallet), plain)))));
    if (batch === 0) expect(stage.fake.requests.length).toBeLessThanOrEqual(20);
  }
  const afterSealing = stage.fake.requests.length;
  for (const [wallet, each] of sealed.entries()) {
    if (!plain.equals(await vault.open(purposeOf(wallet), each)))
      throw new Error(`Wallet ${wallet} opened to another seed`);
  }
  expect(stage.fake.requests.length).toBe(afterSealing);
  expect(afterSealing).toBeLessThanOrEqual(20);
  const { items } = await stage.dataKeys.find({ where: {}, limit: 100 });
  expect(items).toHaveLength(4);

  const before = stage.fake.requests.length;
  const later = stage.open();
  await Promise.all(sealed.map((each, wallet) => later.open(purposeOf(wallet), each)));
  expect(stage.fake.requests.length - before).toBeLessThanOrEqual(9);
});

test("of processes that make the first data key at once, one's is stored and all seal under it", async () => {
  await using stage = await openStage();
  const vaults = Array.from({ length: 8 }, () => stage.open({ shards: 1 }));
  const sealed = await Promise.all(vaults.map((vault) => vault.seal(purposeOf(1), plain)));
  expect(new Set(sealed.map(({ key }) => key)).size).toBe(1);
  const { items } = await stage.dataKeys.find({ where: {}, limit: 10 });
  expect(items.map(({ id, revision }) => ({ id, revision }))).toEqual([{ id: sealed[0]?.key ?? "", revision: 1 }]);
  for (const vault of vaults) {
    for (const each of sealed) expect(Buffer.from(await vault.open(purposeOf(1), each))).toEqual(plain);
  }
});

test("a data key seals for its period, and opens beyond it", async () => {
  await using stage = await openStage();
  let now = 1_000_000;
  const vault = stage.open({ period: 1_000, shards: 1, now: () => now });
  const first = await vault.seal(purposeOf(1), plain);
  now += 999;
  expect((await vault.seal(purposeOf(1), plain)).key).toBe(first.key);
  now += 1;
  expect((await vault.seal(purposeOf(1), plain)).key).not.toBe(first.key);
  expect(Buffer.from(await vault.open(purposeOf(1), first))).toEqual(plain);
});

test("an unwrapped data key is held for its age, and no more of them than told", async () => {
  await using stage = await openStage();
  let now = 0;
  const vault = stage.open({
    shards: 1,
    period: 1_000,
    cache: { size: 2, age: 10_000 },
    now: () => now,
  });
  const sealed: Sealed[] = [];
  for (; now < 3_000; now += 1_000) sealed.push(await vault.seal(purposeOf(1), plain));
  const unwraps = () =>
    stage.fake.requests.filter(({ path, status }) => path.includes("/unwrapkey") && status === 200).length;
  const before = unwraps();
  const open = async (index: number) => await vault.open(purposeOf(1), sealed[index] ?? none);
  await open(1);
  await open(2);
  expect(unwraps()).toBe(before);
  await open(0);
  expect(unwraps()).toBe(before + 1);
  await open(0);
  await open(2);
  expect(unwraps()).toBe(before + 1);
  await open(1);
  expect(unwraps()).toBe(before + 2);
  now += 10_000;
  await open(1);
  expect(unwraps()).toBe(before + 3);
});

test("a data key that Key Vault unwraps to something else neither seals nor opens anything", async () => {
  await using stage = await openStage();
  const sealed = await stage.open({ shards: 1 }).seal(purposeOf(1), plain);
  stage.fake.meddle = anotherValue("unwrapkey", 32);
  const vault = stage.open({ shards: 1 });
  expect(await faultOf(vault.open(purposeOf(1), sealed))).toBeInstanceOf(SealBroken);
  expect(await faultOf(vault.seal(purposeOf(1), plain))).toBeInstanceOf(SealBroken);
  stage.fake.meddle = () => undefined;
  expect(Buffer.from(await vault.open(purposeOf(1), sealed))).toEqual(plain);
});

test("a data key that does not unwrap again is not stored", async () => {
  await using stage = await openStage();
  stage.fake.meddle = anotherValue("wrapkey", 256);
  expect(await faultOf(stage.open().seal(purposeOf(1), plain))).toBeInstanceOf(SealBroken);
  stage.fake.meddle = anotherValue("unwrapkey", 32);
  expect(await faultOf(stage.open().seal(purposeOf(1), plain))).toBeInstanceOf(VaultUnreachable);
  expect((await stage.dataKeys.find({ where: {}, limit: 10 })).items).toEqual([]);
});

test("a stored data key that was changed, or passed for another, opens nothing", async () => {
  await using stage = await openStage();
  const vault = stage.open({ shards: 2 });
  const sealed = await Promise.all(Array.from({ length: 20 }, (_, wallet) => vault.seal(purposeOf(wallet), plain)));
  const { items } = await stage.dataKeys.find({ where: {}, limit: 10 });
  const [one, other] = items;
  if (!one || !other) throw new Error("Both shards should have a data key");
  const wrappedBytes = Buffer.from(one.value.wrapped.bytes, "base64url");
  wrappedBytes[40] = (wrappedBytes[40] ?? 0) ^ 1;
  const changes = [
    other.value,
    { ...one.value, wrapped: { ...one.value.wrapped, bytes: wrappedBytes.toString("base64url") } },
    { ...one.value, wrapped: { ...one.value.wrapped, name: "../secrets/x" } },
    { ...one.value, check: other.value.check },
  ];
  for (const [index, value] of changes.entries()) {
    expect(await stage.dataKeys.put(one.id, value, one.revision + index)).toBe("written");
    const wallet = sealed.findIndex(({ key }) => key === one.id);
    const fault = await faultOf(stage.open().open(purposeOf(wallet), sealed[wallet] ?? none));
    expect(fault).toBeInstanceOf(SealBroken);
  }
});

test("a key of a name that Key Vault has not is a mistake told at once", () => {
  expect(() => createKeyVault({ connection: server.connection, key: "a/b", dataKeys: freshDataKeys() })).toThrow("a/b");
});
