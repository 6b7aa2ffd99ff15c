import { afterAll, expect, test } from "bun:test";
import { broken, forbidden } from "../../bootstrap/servers/mod.ts";
import { type Sealed, VaultEntryDisabled, VaultForbidden, VaultUnreachable } from "../../ports/mod.ts";
import { anyServer, faultOf, freshDataKeys, hasty, openStage } from "./_stage_test.ts";
import { createKeyVault, type KeyVault } from "./mod.ts";

const server = await anyServer();
afterAll(() => server.close());

const plain = Buffer.from("a seed");
const purposeOf = (wallet: number) => `wallet/w${wallet}/seed/1`;

async function versions(dataKeys: ReturnType<typeof freshDataKeys>): Promise<readonly string[]> {
  const { items } = await dataKeys.find({ where: {}, limit: 1_000 });
  return items.map(({ value }) => value.wrapped.version).toSorted();
}

test("a new version of the key wraps new data keys, and what the old one wrapped still opens, before and after re-wrapping", async () => {
  const { name, version: old } = await server.makeKey();
  const dataKeys = freshDataKeys();
  const open = () => createKeyVault({ connection: server.connection, key: name, dataKeys });
  const running = open();
  const before = await running.seal(purposeOf(1), plain);
  const { version: next } = await server.makeKey(name);
  const after = await open().seal(purposeOf(1), plain);
  expect(await versions(dataKeys)).toEqual([old, next].toSorted());
  for (const sealed of [before, after]) expect(Buffer.from(await open().open(purposeOf(1), sealed))).toEqual(plain);

  expect(await running.rewrap()).toEqual({ rewrapped: 1, stuck: [] });
  expect(await running.rewrap()).toEqual({ rewrapped: 0, stuck: [] });
  expect(await versions(dataKeys)).toEqual([next, next]);
  await server.keys.updateKeyProperties(name, old, { enabled: false });
  for (const vault of [running, open()]) {
    for (const sealed of [before, after]) expect(Buffer.from(await vault.open(purposeOf(1), sealed))).toEqual(plain);
  }
});

test("a process finds the new version within the age of its cache", async () => {
  await using stage = await openStage();
  let now = 0;
  const vault = stage.open({ shards: 1, cache: { size: 9, age: 1_000 }, now: () => now });
  await vault.seal(purposeOf(1), plain);
  const next = stage.fake.addKey("kek");
  now = 999;
  await vault.seal(purposeOf(1), plain);
  expect(await versions(stage.dataKeys)).toEqual([stage.version]);
  now = 1_000;
  await vault.seal(purposeOf(1), plain);
  expect(await versions(stage.dataKeys)).toEqual([stage.version, next].toSorted());
});

test("a process that has not heard of the new version finds it when the old one is disabled", async () => {
  await using stage = await openStage();
  let now = 0;
  const vault = stage.open({ shards: 1, period: 1_000, now: () => now });
  const before = await vault.seal(purposeOf(1), plain);
  const next = stage.fake.addKey("kek");
  await stage.open().rewrap();
  stage.fake.setKey("kek", stage.version, { enabled: false });
  now = 1_000;
  const after = await vault.seal(purposeOf(1), plain);
  expect(await versions(stage.dataKeys)).toEqual([next, next]);
  for (const sealed of [before, after]) expect(Buffer.from(await vault.open(purposeOf(1), sealed))).toEqual(plain);
});

test("who read a data key before it was re-wrapped opens by the new version once the old one is disabled", async () => {
  await using stage = await openStage();
  const sealed = await stage.open().seal(purposeOf(1), plain);
  const { dataKeys, fake, version } = stage;
  let stale: Promise<void> | undefined;
  const overtaken = {
    ...dataKeys,
    async get(id: string) {
      const record = await dataKeys.get(id);
      stale ??= (async () => {
        fake.addKey("kek");
        await stage.open().rewrap();
        fake.setKey("kek", version, { enabled: false });
      })();
      await stale;
      return record;
    },
  };
  expect(Buffer.from(await stage.open({ dataKeys: overtaken }).open(purposeOf(1), sealed))).toEqual(plain);
});

/** Vaults of two processes with 60 data keys, which unwrap again and again. */
async function busyStage() {
  const stage = await openStage();
  let period = 0;
  const vaults = [0, 1].map(() =>
    stage.open({ shards: 1, period: 1_000, cache: { size: 8, age: 50 }, now: () => performance.now() + period }),
  );
  const sealed: Sealed[] = [];
  const seal = async () => {
    period += 1_000;
    const wallet = sealed.length;
    sealed.push(await (vaults[wallet % 2] as KeyVault).seal(purposeOf(wallet), Buffer.from(`seed ${wallet}`)));
  };
  for (let wallet = 0; wallet < 60; wallet++) await seal();
  return { ...stage, vaults, sealed, seal };
}

test("under load through two rotations, re-wrapped by two processes at once, everything opens to what was sealed", async () => {
  await using stage = await busyStage();
  const { vaults, sealed, seal, fake } = stage;
  let running = true;
  let opened = 0;
  const load = vaults.map(async (vault) => {
    for (; running; opened++) {
      const wallet = Math.floor(Math.random() * sealed.length);
      const text = Buffer.from(await vault.open(purposeOf(wallet), sealed[wallet] as Sealed)).toString();
      if (text !== `seed ${wallet}`) throw new Error(`Wallet ${wallet} opened to "${text}"`);
    }
  });
  load.push(
    (async () => {
      while (running) await seal();
    })(),
  );
  let old = stage.version;
  for (let rotation = 0; rotation < 2; rotation++) {
    const next = fake.addKey("kek");
    const before = await versions(stage.dataKeys);
    const outcomes = await Promise.all(vaults.map((vault) => vault.rewrap()));
    expect(outcomes.flatMap(({ stuck }) => stuck)).toEqual([]);
    const [one, other] = outcomes.map(({ rewrapped }) => rewrapped) as [number, number];
    expect(one + other).toBeGreaterThanOrEqual(before.filter((version) => version === old).length);
    // What was sealed meanwhile by who had not heard of the new version.
    await vaults[0]?.rewrap();
    expect(await versions(stage.dataKeys)).not.toContain(old);
    fake.setKey("kek", old, { enabled: false });
    old = next;
  }
  running = false;
  await Promise.all(load);
  expect(opened).toBeGreaterThan(50);
  const later = stage.open();
  for (const [wallet, each] of sealed.entries()) {
    expect(Buffer.from(await later.open(purposeOf(wallet), each)).toString()).toBe(`seed ${wallet}`);
  }
}, 30_000);

test("re-wrapping that an outage ends is taken up where it stopped, and has lost nothing", async () => {
  await using stage = await openStage();
  let now = 0;
  const vault = stage.open({ shards: 1, period: 1_000, now: () => now });
  const sealed: Sealed[] = [];
  for (; now < 6_000; now += 1_000) sealed.push(await vault.seal(purposeOf(1), plain));
  const next = stage.fake.addKey("kek");
  let wraps = 0;
  stage.fake.behaviour = (path, body) => (path.includes("/wrapkey") && body && ++wraps > 3 ? broken : "well");
  expect(await faultOf(stage.open({ patience: hasty }).rewrap())).toBeInstanceOf(VaultUnreachable);
  expect((await versions(stage.dataKeys)).filter((version) => version === next)).toHaveLength(3);
  stage.fake.behaviour = (path, body) => (path.includes("/wrapkey") && body ? forbidden : "well");
  expect(await faultOf(vault.rewrap())).toBeInstanceOf(VaultForbidden);
  stage.fake.behaviour = "well";
  expect(await vault.rewrap()).toEqual({ rewrapped: 3, stuck: [] });
  for (const each of sealed) expect(Buffer.from(await stage.open().open(purposeOf(1), each))).toEqual(plain);
});

test("a data key whose version is disabled is told as stuck, and does not hold up the others", async () => {
  await using stage = await openStage();
  let now = 0;
  const vault = stage.open({ shards: 1, period: 1_000, cache: { size: 9, age: 500 }, now: () => now });
  const lost = await vault.seal(purposeOf(1), plain);
  const second = stage.fake.addKey("kek");
  now += 1_000;
  const sealed = await vault.seal(purposeOf(2), plain);
  const third = stage.fake.addKey("kek");
  stage.fake.setKey("kek", stage.version, { enabled: false });
  expect(await vault.rewrap()).toEqual({ rewrapped: 1, stuck: [lost.key] });
  expect(await versions(stage.dataKeys)).toEqual([stage.version, third].toSorted());
  stage.fake.setKey("kek", second, { enabled: false });
  expect(Buffer.from(await stage.open().open(purposeOf(2), sealed))).toEqual(plain);
  expect(await faultOf(stage.open().open(purposeOf(1), lost))).toBeInstanceOf(VaultEntryDisabled);
});

test("re-wrapping stops when it is told to", async () => {
  await using stage = await openStage();
  const vault = stage.open();
  await vault.seal(purposeOf(1), plain);
  stage.fake.addKey("kek");
  expect((await faultOf(vault.rewrap(AbortSignal.abort()))).name).toBe("AbortError");
  expect(await versions(stage.dataKeys)).toEqual([stage.version]);
});
