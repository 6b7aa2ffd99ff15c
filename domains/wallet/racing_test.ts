import { expect, test } from "bun:test";
import { transact } from "../../ports/mod.ts";
import { amount } from "../shared/mod.ts";
import { evm, fakeKeys, usd } from "./_chain_test.ts";
import { ask, request, start } from "./_flow_test.ts";
import {
  balanceOf,
  cause,
  claimOf,
  definition,
  keyed,
  type Platform,
  play,
  scopeOf,
  startPlatform,
  user,
  viewer,
} from "./_platform_test.ts";
import { takeNonce } from "./nonce.ts";
import { signedBytesKind } from "./signing.ts";

/** Keys at whose n-th signature something happens first. */
const interrupted = (happens: (signature: number) => Promise<void>) => {
  let signatures = 0;
  return <Port extends object>(port: Port): Port => {
    if (!("sign" in port)) return port;
    const sign = async (...given: Parameters<typeof fakeKeys.sign>) => {
      await happens(++signatures);
      return fakeKeys.sign(...given);
    };
    return { ...port, sign };
  };
};

/** A store whose account has one transfer to be signed, as it seems. */
function alone<Port extends object>(mine: string, port: Port): Port {
  if (!("recorded" in port && "find" in port)) return port;
  const store = port as unknown as Platform["transfers"];
  const find: typeof store.find = async (query) => {
    const page = await store.find(query);
    return "account" in query.where ? { ...page, items: page.items.filter(({ id }) => id === mine) } : page;
  };
  return { ...port, find };
}

test("two processes that sign the same transfers at the same moment send each once", async () => {
  const { world, platform, id, mine } = await start();
  const { promise: both, resolve: meet } = Promise.withResolvers<void>();
  // Neither signs before both have looked up what to sign, and the nonce.
  const wrap = interrupted(async (signature) => {
    if (signature === 2) meet();
    await both;
  });
  const processes = [startPlatform(world, wrap), startPlatform(world, wrap)];
  await Promise.all(
    processes.map((each, place) => each.transferService.request(`t${place}`, ask(id, usd, 10n), viewer, cause)),
  );
  await Promise.all(processes.map(({ sender }) => sender.idle()));
  await mine(3);
  expect(world.fake.landed().map(({ nonce }) => nonce)).toEqual([0, 1]);
  expect(world.fake.handed()).toHaveLength(2);
  expect(await balanceOf(platform, id, usd)).toMatchObject({ final: "480", held: "0" });
});

test("transfers that are just alike, and signed by two processes for the same nonce, are both sent", async () => {
  const { world, platform, id, mine } = await start();
  const { promise: both, resolve: meet } = Promise.withResolvers<void>();
  const wrap = interrupted(async (signature) => {
    if (signature === 2) meet();
    await both;
  });
  const processes = ["t0", "t1"].map((mine) => startPlatform(world, (port) => alone(mine, wrap(port))));
  await Promise.all(
    processes.map((each, place) => each.transferService.request(`t${place}`, ask(id, usd, 10n), viewer, cause)),
  );
  await Promise.all(processes.map(({ sender }) => sender.idle()));
  await mine(3);
  expect(world.fake.landed().map(({ nonce }) => nonce)).toEqual([0, 1]);
  const { records } = platform.stores;
  for (const { hash } of world.fake.landed()) expect(await records(signedBytesKind).get(hash)).toBeDefined();
});

test("two processes let only one of two orders that may use the same spender go on", async () => {
  const { world, platform, id, mine } = await start();
  const { claim, play_version } = platform.reactions;
  await play_version.VersionPublished({ ...play, definition }, "p1-1", keyed("published"));
  const [{ intent } = {}] = definition.enter;
  if (!intent) throw new Error("no intent");
  const scope = scopeOf(amount("100"));
  const asked = { ...play, step: "s", compensation: false, user, wallet: id, network: evm.id, intent, scope };
  // Neither signs before both have found that it is their turn.
  let [met, signed] = [0, 0];
  const wrap = interrupted(async () => {
    if (++signed > 2) return;
    met++;
    for (let waited = 0; met < 2 && waited < 50; waited++) await Bun.sleep(2);
  });
  const processes = ["x-o1", "x-o2"].map((mine) => startPlatform(world, (port) => alone(mine, wrap(port))));
  for (const order of ["o1", "o2"]) {
    await claim.CapacityClaimed(claimOf(order, id, amount("100")), order, keyed(`${order} claimed`));
  }
  const ask = ({ reactions, sender }: typeof platform, order: string) =>
    reactions.task
      .TransferAsked({ ...asked, transfer: `x-${order}`, order }, `task-${order}`, keyed(`${order} asked`))
      .then(() => sender.idle());
  await Promise.all(processes.map((each, place) => ask(each, `o${place + 1}`)));
  await mine(3);
  expect(world.fake.landed()).toHaveLength(1);
});

test("who finds the nonce taken signs again with the next, and what was signed before is never sent", async () => {
  const { world, id, address } = await start();
  const account = `${evm.id}:${address}`;
  const wrap = interrupted(async (signature) => {
    if (signature > 1) return;
    const taken = { nonce: 0, transfer: "other", hash: "0x0" };
    await transact(platform.nonces, account, cause, (nonces) => takeNonce(nonces, taken));
  });
  const platform = startPlatform(world, wrap);
  await request(platform, "t1", ask(id, usd, 10n));
  expect(world.fake.handed().map(({ nonce }) => nonce)).toEqual([1]);
  expect((await platform.transfers.load("t1")).state).toMatchObject({ status: "submitted", transaction: { nonce: 1 } });
});

test("two processes that look at the same final block settle it once", async () => {
  const { world, platform, id, address } = await start();
  await request(platform, "t1", ask(id, usd, 200n));
  world.fake.mine(3);
  const other = startPlatform(world);
  for (const each of [platform, other]) each.sender.headMoved(evm.id);
  await Promise.all([platform.sender.idle(), other.sender.idle()]);
  expect(await balanceOf(platform, id, usd)).toMatchObject({
    final: world.fake.balance(address, usd).toString() as never,
  });
});
