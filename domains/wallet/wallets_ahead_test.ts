import { expect, test } from "bun:test";
import { createStores, openDatabase } from "../../adapters/sqlite/mod.ts";
import { VaultUnreachable } from "../../ports/mod.ts";
import type { Instant, NetworkId } from "../shared/mod.ts";
import { accountOf, evm, fakeKeys } from "./_chain_test.ts";
import { cause, createWorld, startPlatform } from "./_platform_test.ts";
import type { Keys } from "./chain.ts";
import { createWalletsAhead, type WalletAhead, walletAheadKind } from "./wallets_ahead.ts";

const newId = () => Bun.randomUUIDv7();

function freshStore() {
  return createStores(openDatabase(":memory:"), () => "" as Instant).records(walletAheadKind);
}

/** A replica, and how often it made keys. */
function replica(ahead: ReturnType<typeof freshStore>, { networks = [evm.id], size = 20 } = {}) {
  const made: string[] = [];
  const vault = { isOut: false };
  const keys: Keys = {
    ...fakeKeys,
    async create(wallet) {
      if (vault.isOut) throw new VaultUnreachable("Cannot reach the vault");
      made.push(wallet);
      return networks.map((network) => ({ ...accountOf(wallet), network }));
    },
  };
  return { ...createWalletsAhead({ ahead, keys, networks, newId, size, giveWay: async () => {} }), made, vault };
}

const countOf = async (ahead: ReturnType<typeof freshStore>) =>
  (await ahead.find({ where: {}, limit: 1_000 })).items.length;

test("fill() makes as many as are missing, and no more", async () => {
  const ahead = freshStore();
  const it = replica(ahead);
  await it.fill();
  expect(await countOf(ahead)).toBe(20);
  await it.fill();
  expect(it.made).toHaveLength(20);
  for (let count = 0; count < 5; count++) await it.claim();
  await it.fill();
  expect([it.made.length, await countOf(ahead)]).toEqual([25, 20]);
});

test("fill() stops when it is told to", async () => {
  const it = replica(freshStore());
  await it.fill(AbortSignal.abort());
  expect(it.made).toEqual([]);
});

test("claim() makes no keys while there are wallets ready, also after a restart, and gives the oldest first", async () => {
  const ahead = freshStore();
  await replica(ahead).fill();
  const later = replica(ahead);
  const claimed: string[] = [];
  for (let count = 0; count < 20; count++) {
    const { id, accounts } = await later.claim();
    expect(accounts).toEqual([accountOf(id)]);
    claimed.push(id);
  }
  expect(later.made).toEqual([]);
  expect(claimed).toEqual(claimed.toSorted());
  const { id } = await later.claim();
  expect(later.made).toEqual([id]);
});

test("replicas that claim at once while they are filled up never give a wallet twice", async () => {
  const ahead = freshStore();
  const replicas = [1, 2, 3].map(() => replica(ahead));
  await Promise.all(replicas.map(({ fill }) => fill()));
  const claims = Array.from({ length: 300 }, (_, count) => replicas[count % 3]?.claim());
  const [claimed] = await Promise.all([Promise.all(claims), replicas[0]?.fill()]);
  expect(new Set(claimed.map((each) => each?.id)).size).toBe(300);
});

test("a claim that lost its race takes the next one", async () => {
  const store = freshStore();
  let rival: string | undefined;
  const ahead = {
    ...store,
    async remove(id: string, revision: number) {
      if (rival === undefined) {
        rival = id;
        await store.remove(id, revision);
      }
      return store.remove(id, revision);
    },
  };
  const it = replica(ahead);
  await it.fill();
  const { id } = await it.claim();
  expect(rival).toBeDefined();
  expect(id).not.toBe(rival as string);
  expect(await countOf(store)).toBe(18);
});

test("while the vault is out, what is ready is given; then it is an outage that can be retried", async () => {
  const it = replica(freshStore(), { size: 3 });
  await it.fill();
  it.vault.isOut = true;
  for (let count = 0; count < 3; count++) await it.claim();
  await expect(it.claim()).rejects.toMatchObject({ retryable: true });
  await expect(it.fill()).rejects.toBeInstanceOf(VaultUnreachable);
  it.vault.isOut = false;
  await it.claim();
});

test("a wallet made ahead of a new network has an account on it when it is claimed, and is not lost to an outage", async () => {
  const ahead = freshStore();
  await replica(ahead, { size: 1 }).fill();
  const [made] = (await ahead.find({ where: {}, limit: 1 })).items;
  const networks = [evm.id, "eip155:10" as NetworkId];
  const later = replica(ahead, { networks });
  later.vault.isOut = true;
  await expect(later.claim()).rejects.toBeInstanceOf(VaultUnreachable);
  expect(await countOf(ahead)).toBe(1);
  const { id, accounts } = await replica(ahead, { networks }).claim();
  expect(id).toBe(made?.id as string);
  expect(accounts.map(({ network }) => network)).toEqual(networks);
});

test("a wallet that was made ahead is watched from its claim on, and not before", async () => {
  const world = createWorld();
  const platform = startPlatform(world);
  await platform.ahead.fill();
  const ready = (await platform.stores.records<WalletAhead>(walletAheadKind).find({ where: {}, limit: 9 })).items;
  const accounts = ready.map(({ value }) => value.accounts[0]?.account);
  const owners = async () => {
    await platform.watched.learn();
    return accounts.map((account) => account && platform.watched.ownerOf(account)?.wallet);
  };
  expect(await owners()).toEqual([undefined, undefined, undefined]);
  const made = await platform.walletService.create("Main", cause);
  expect(made).toMatchObject({ ok: true, view: { id: ready[0]?.id } });
  expect(await owners()).toEqual([ready[0]?.id, undefined, undefined]);
});
