import { expect, test } from "bun:test";
import { transact } from "../../ports/mod.ts";
import { evm, fakeKeys, usd } from "./_chain_test.ts";
import { ask, request, start } from "./_flow_test.ts";
import { balanceOf, cause, startPlatform, viewer } from "./_platform_test.ts";
import { takeNonce } from "./nonce.ts";

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
