import { expect, test } from "bun:test";
import { createStores, openDatabase } from "../../adapters/sqlite/mod.ts";
import { ChainUnreachable } from "../../ports/mod.ts";
import type { Instant } from "../shared/mod.ts";
import { createFakeChain, evm, usd } from "./_chain_test.ts";
import { balanceOf, cause, createWorld, fundedWallet, startPlatform } from "./_platform_test.ts";
import { beginCursor, cursorKind, openCursor } from "./cursor.ts";
import { createLanes } from "./lanes.ts";
import { startWatching } from "./watching.ts";

const persist = () => ({ until: <T>(_: string, work: () => Promise<T>) => work(), stop() {} });

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await Bun.sleep(1);
}

test("startWatching() follows every head that it is told of, and none once it is disposed", async () => {
  const world = createWorld();
  const platform = startPlatform(world);
  const { id, address } = await fundedWallet(platform, world, 0n, 500n);
  const heads: string[] = [];
  const watching = startWatching({
    ...platform.followed,
    persist,
    myTurn: async () => true,
    onHead: (network) => heads.push(network),
  });
  world.fake.fund(address, usd, 7n);
  world.fake.mine(3);
  await until(async () => (await balanceOf(platform, id, usd)).final === ("507" as never));
  expect(heads).toContain(evm.id);
  const later = await platform.walletService.create("Later", cause);
  if (!later.ok) throw new Error(later.refusal);
  world.fake.fund(later.view.accounts[0]?.address ?? "", usd, 9n);
  world.fake.mine(3);
  await until(async () => (await balanceOf(platform, later.view.id, usd)).final === ("9" as never));
  await watching[Symbol.asyncDispose]();
  world.fake.fund(address, usd, 7n);
  world.fake.mine(3);
  await Bun.sleep(5);
  expect((await balanceOf(platform, id, usd)).final).toBe("507" as never);
});

test("a process whose turn it is not leaves blocks to the other, and goes on where that one stopped", async () => {
  const world = createWorld();
  const [one, other] = [startPlatform(world), startPlatform(world)];
  const { id, address } = await fundedWallet(one, world, 0n, 500n);
  let turn = "one";
  const heads: string[] = [];
  const watch = (name: string, { followed }: typeof one) =>
    startWatching({ ...followed, persist, myTurn: async () => turn === name, onHead: () => heads.push(name) });
  await using _one = watch("one", one);
  await using _other = watch("other", other);
  world.fake.fund(address, usd, 7n);
  world.fake.mine(3);
  await until(async () => (await balanceOf(other, id, usd)).final === ("507" as never));
  expect(heads).not.toContain("other");
  turn = "other";
  heads.length = 0;
  world.fake.fund(address, usd, 7n);
  world.fake.mine(3);
  await until(async () => (await balanceOf(one, id, usd)).final === ("514" as never));
  expect(heads).not.toContain("one");
});

test("a deposit in the very next block after a wallet's creation is seen, though no head was looked at before", async () => {
  const world = createWorld();
  world.fake.mine(5);
  const { id, address } = await fundedWallet(startPlatform(world), world, 0n, 500n);
  const again = startPlatform(world);
  world.fake.fund(address, usd, 1n);
  world.fake.mine(3);
  await again.head();
  expect(await balanceOf(again, id, usd)).toMatchObject({ final: "501" });
});

test("a reorg deeper than what is remembered stops the network, and says so", async () => {
  const world = createWorld();
  const platform = startPlatform(world);
  const { address } = await fundedWallet(platform, world, 0n, 500n);
  world.fake.fund(address, usd, 1n);
  world.fake.mine(2);
  await platform.head();
  world.fake.reorg(world.fake.height());
  // The cursor began at block 0, which still stands: all is walked back and on.
  await platform.head();
  const records = createStores(openDatabase(":memory:"), () => "" as Instant).records(cursorKind);
  await records.put(evm.id, { blocks: [{ number: 3, hash: "0xother", at: "" as Instant }] }, 0);
  const lost = startPlatform({ ...world, cursors: records });
  await expect(lost.head()).rejects.toThrow(/deeper/);
});

test("of two who begin or move a cursor, one does", async () => {
  const { chain, mine } = createFakeChain();
  const records = createStores(openDatabase(":memory:"), () => "" as Instant).records(cursorKind);
  mine(2);
  await Promise.all([beginCursor(records, chain), beginCursor(records, chain)]);
  const [one, other] = await Promise.all([openCursor(records, chain), openCursor(records, chain)]);
  const { latest } = await chain.head();
  await one.append({ ...latest, number: 3 });
  await expect(other.append({ ...latest, number: 3 })).rejects.toMatchObject({ retryable: true });
});

test("a cursor keeps the blocks that are not final, and some below", async () => {
  const { chain, mine } = createFakeChain();
  const records = createStores(openDatabase(":memory:"), () => "" as Instant).records(cursorKind);
  const cursor = await openCursor(records, chain);
  mine(200);
  for (let number = 1; number <= 200; number++) {
    const block = await chain.block(number);
    if (block) await cursor.append(block);
  }
  await cursor.prune(198);
  expect(cursor.blocks().map(({ number }) => number)).toEqual(Array.from({ length: 66 }, (_, place) => 135 + place));
});

test("lanes run one work at a time, side by side, and once more for a kick in between", async () => {
  const order: string[] = [];
  const gates = new Map<string, () => void>();
  const lanes = createLanes(persist, async (lane) => {
    order.push(`${lane}+`);
    await new Promise<void>((open) => gates.set(lane, open));
    order.push(`${lane}-`);
  });
  for (const lane of ["a", "b", "a", "a"]) lanes.kick(lane);
  expect(order).toEqual(["a+", "b+"]);
  gates.get("b")?.();
  gates.get("a")?.();
  await until(async () => order.length === 5);
  expect(order).toEqual(["a+", "b+", "b-", "a-", "a+"]);
  gates.get("a")?.();
  await lanes.idle();
  expect(order).toHaveLength(6);
  await lanes[Symbol.asyncDispose]();
  lanes.kick("a");
  expect(order).toHaveLength(6);
});

test("a lane whose work failed runs again at the next kick", async () => {
  let tries = 0;
  const lanes = createLanes(persist, async () => {
    if (tries++ === 0) throw new ChainUnreachable("down");
  });
  lanes.kick("a");
  await lanes.idle();
  lanes.kick("a");
  await lanes.idle();
  expect(tries).toBe(2);
});
