import { expect, test } from "bun:test";
import { usd } from "./_chain_test.ts";
import { ask, request, start, view } from "./_flow_test.ts";
import { balanceOf, startPlatform, viewer } from "./_platform_test.ts";

test("a reorg takes back what was not final, and finds again what is in the new chain", async () => {
  const { world, platform, id, address, mine } = await start();
  world.fake.fund(address, usd, 7n);
  await mine();
  expect(await balanceOf(platform, id, usd)).toMatchObject({ final: "500", pending: "7" });
  world.fake.reorg(1);
  await platform.head();
  expect(await balanceOf(platform, id, usd)).toMatchObject({ final: "500", pending: "0" });
  const listed = await platform.walletService.deposits(id, { status: "reverted", limit: 10 }, viewer);
  expect(listed).toMatchObject({ items: [{ amount: "7", status: "reverted" }] });
  await request(platform, "t1", ask(id, usd, 5n));
  await mine();
  world.fake.reorg(1);
  await platform.head();
  expect(await view(platform, "t1")).toMatchObject({
    status: "included",
    block: { hash: expect.stringMatching(/-2$/) },
  });
  await mine(2);
  expect(world.fake.landed()).toHaveLength(1);
  expect(await balanceOf(platform, id, usd)).toMatchObject({ final: "495", held: "0" });
});

test("a transaction that a reorg threw out of every node is sent again, with the same bytes", async () => {
  const { world, platform, id, mine } = await start();
  await request(platform, "t1", ask(id, usd, 5n));
  await mine();
  world.fake.reorg(1, true);
  await platform.head();
  expect(await view(platform, "t1")).toMatchObject({ status: "submitted" });
  await mine(4);
  expect(await view(platform, "t1")).toMatchObject({ status: "final" });
  expect(new Set(world.fake.handed().map(({ hash }) => hash)).size).toBe(1);
});

test("what nodes forgot is sent again", async () => {
  const { world, platform, id, mine } = await start();
  await request(platform, "t1", ask(id, usd, 5n));
  world.fake.forget();
  for (let each = 0; each < 5; each++) await mine();
  expect(await view(platform, "t1")).toMatchObject({ status: "final" });
  expect(world.fake.landed()).toHaveLength(1);
});

test("what arrived while nobody watched is found, in order", async () => {
  const { world, platform, id, address } = await start();
  for (let each = 0; each < 250; each++) {
    world.fake.fund(address, usd, 1n);
    world.fake.mine();
  }
  await startPlatform(world).head();
  expect(await balanceOf(platform, id, usd)).toMatchObject({ final: "748", pending: "2" });
});

test("a final deposit that vanishes is debited", async () => {
  const { world, platform, id, address, mine } = await start();
  world.fake.fund(address, usd, 7n);
  await mine(4);
  expect(await balanceOf(platform, id, usd)).toMatchObject({ final: "507" });
  world.fake.reorg(4);
  await platform.head();
  expect(await balanceOf(platform, id, usd)).toMatchObject({ final: "500", pending: "0" });
});
