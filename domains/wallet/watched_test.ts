import { expect, test } from "bun:test";
import fc from "fast-check";
import { createStores, openDatabase } from "../../adapters/sqlite/mod.ts";
import type { RecordStore } from "../../ports/mod.ts";
import type { Instant, UserId } from "../shared/mod.ts";
import { accountOf, type createFakeChain, evm, usd } from "./_chain_test.ts";
import { balanceOf, cause, createWorld, startPlatform } from "./_platform_test.ts";
import { walletKind } from "./wallet.ts";
import { createWatched, watchEpochKind, watchedWalletKind } from "./watched.ts";

const user = "u1" as UserId;

/** Processes with stores in common; `slowed` comes between each and its records. */
function startProcesses(
  count: number,
  slowed: <Value>(records: RecordStore<Value>) => RecordStore<Value> = (it) => it,
) {
  const { open, records } = createStores(openDatabase(":memory:"), () => "" as Instant);
  return Array.from({ length: count }, () =>
    createWatched({
      wallets: open(walletKind),
      watchedWallets: slowed(records(watchedWalletKind)),
      watchEpochs: slowed(records(watchEpochKind)),
    }),
  );
}

/** Makes a wallet at a process and pays it in a block that lands then, and lets another process follow up to there. */
async function payUnknown(
  before: (fake: ReturnType<typeof createFakeChain>, make: (land: () => void) => Promise<void>) => void,
) {
  const world = createWorld();
  const [maker, watcher] = [startPlatform(world), startPlatform(world)];
  await maker.assets.put(usd, { symbol: "USD", decimals: 18, name: "Dollar" }, cause);
  await maker.walletService.create("First", cause);
  await watcher.head();
  let id = "";
  before(world.fake, async (land) => {
    const made = await maker.walletService.create("Second", cause);
    if (!made.ok) throw new Error(made.refusal);
    id = made.view.id;
    world.fake.fund(made.view.accounts[0]?.address ?? "", usd, 5n);
    land();
  });
  await watcher.head();
  world.fake.mine(3);
  await watcher.head();
  return balanceOf(watcher, id, usd);
}

test("a wallet made by another process is paid what arrives in the next block", async () => {
  expect(
    await payUnknown((fake, make) => {
      const { head } = fake.chain;
      // Made when the process that follows has begun to look.
      fake.chain.head = async () => {
        fake.chain.head = head;
        await make(() => fake.mine());
        return head();
      };
    }),
  ).toMatchObject({ final: "5" });
});

test("a wallet made after the head was asked for is paid what a reorganised block of that height brings", async () => {
  expect(
    await payUnknown((fake, make) => {
      const next = fake.height() + 1;
      fake.mine(3);
      const { block } = fake.chain;
      fake.chain.block = async (number) => {
        if (number !== next) return block(number);
        fake.chain.block = block;
        await make(() => fake.reorg(3));
        return block(number);
      };
    }),
  ).toMatchObject({ final: "5" });
});

test("more wallets than an epoch has are known to all, and a process that begins later knows them too", async () => {
  const [maker, watcher] = startProcesses(2);
  await watcher?.learn();
  for (let round = 0; round < 5; round++) {
    const names = Array.from({ length: 70 }, (_, n) => `w${round}-${n}`);
    await Promise.all(names.map((name) => maker?.register(name, user, [accountOf(name)])));
    await watcher?.learn();
    expect(watcher?.addressesOn(evm.id).size).toBe(70 * (round + 1));
  }
  expect(watcher?.ownerOf(accountOf("w0-3").account)).toEqual({ wallet: "w0-3", user });
});

test("whoever learns after a wallet was registered knows it, however slow the writers and readers are", async () => {
  const delays = fc.array(fc.nat(4), { minLength: 5, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(delays, fc.integer({ min: 101, max: 160 }), async (pauses, count) => {
      let calls = 0;
      const pause = () => Bun.sleep(pauses[calls++ % pauses.length] ?? 0);
      const slowed = <Value>(records: RecordStore<Value>): RecordStore<Value> => ({
        ...records,
        async get(id) {
          await pause();
          const found = await records.get(id);
          await pause();
          return found;
        },
        async put(...given) {
          await pause();
          return records.put(...given);
        },
      });
      const [makers, watchers] = [startProcesses(4, slowed), [] as ReturnType<typeof startProcesses>];
      watchers.push(...makers.splice(0, 2));
      const missed: string[] = [];
      let made = 0;
      async function make(maker: (typeof makers)[number]): Promise<void> {
        while (made < count) {
          const name = `w${made++}`;
          await maker.register(name, user, [accountOf(name)]);
          for (const watcher of watchers) {
            await watcher.learn();
            if (!watcher.addressesOn(evm.id).has(accountOf(name).address)) missed.push(name);
          }
        }
      }
      await Promise.all([...makers, ...makers, ...makers].map(make));
      expect(missed).toEqual([]);
    }),
    { numRuns: 3 },
  );
}, 30_000);
