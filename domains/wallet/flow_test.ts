import { expect, test } from "bun:test";
import { gasFee, native, shares, usd } from "./_chain_test.ts";
import { ask, coins, dollars, request, start, view } from "./_flow_test.ts";
import { balanceOf, cause, keyed, registered, user, viewer } from "./_platform_test.ts";

test("a deposit is pending, then final and available", async () => {
  const { world, platform, id, address, mine } = await start();
  world.fake.fund(address, usd, 7n);
  await mine();
  expect(await balanceOf(platform, id, usd)).toEqual({
    ...{ final: "500", pending: "7", held: "0", available: "500" },
  } as never);
  await mine(2);
  expect(await balanceOf(platform, id, usd)).toEqual({
    ...{ final: "507", pending: "0", held: "0", available: "507" },
  } as never);
});

test("a transfer to the address of registration holds, lands and settles", async () => {
  const { world, platform, id, mine } = await start();
  const asked = await request(platform, "t1", ask(id, usd, 200n));
  expect(asked).toMatchObject({ status: "queued", policy: { verdict: "allowed" }, fee: { asset: native } });
  expect(await balanceOf(platform, id, usd)).toMatchObject({ final: "500", held: "200", available: "300" });
  await mine();
  expect(await view(platform, "t1")).toMatchObject({ status: "included" });
  await mine(2);
  expect(await view(platform, "t1")).toMatchObject({
    status: "final",
    outcome: "success",
    fee: { asset: native, amount: gasFee },
    effects: [
      { asset: native, delta: `-${gasFee}` },
      { asset: usd, delta: "-200" },
    ],
  });
  expect(await balanceOf(platform, id, usd)).toMatchObject({ final: "300", held: "0", available: "300" });
  expect(world.fake.balance(registered, usd)).toBe(200n);
  const found = await platform.walletService.holds(id, viewer);
  expect(found).toMatchObject({ ok: true, items: [] });
});

test("asking again under the same id answers the same transfer, and another content is refused", async () => {
  const { world, platform, id, mine } = await start();
  await request(platform, "t1", ask(id, usd, 200n));
  expect(await request(platform, "t1", ask(id, usd, 200n))).toMatchObject({ id: "t1" });
  expect(await request(platform, "t1", ask(id, usd, 201n))).toBe("transfer-differs");
  await mine(3);
  expect(world.fake.landed()).toHaveLength(1);
});

test("what is not allowed or not there is refused, and nothing is held", async () => {
  const { platform, id, address } = await start();
  const elsewhere = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";
  expect(await request(platform, "t1", ask(id, usd, 1n, elsewhere))).toBe("policy-refused");
  expect(await request(platform, "t2", ask(id, usd, dollars + 1n))).toBe("funds-insufficient");
  expect(await request(platform, "t3", ask(id, shares, 1n))).toBe("asset-not-listed");
  expect(await request(platform, "t4", ask(id, usd, 0n))).toBe("intent-malformed");
  expect(await request(platform, "t5", ask(id, native, coins))).toBe("funds-insufficient");
  const call = { type: "call", to: address, data: "0x" } as const;
  const called = await platform.transferService.request("t6", { ...ask(id, usd, 1n), intent: call }, viewer, cause);
  expect(called).toMatchObject({ refusal: "policy-refused" });
  const stranger = { user: "u2" as typeof user, any: false };
  const foreign = await platform.transferService.request("t7", ask(id, usd, 1n), stranger, cause);
  expect(foreign).toMatchObject({ refusal: "wallet-not-found" });
  expect(await platform.walletService.holds(id, viewer)).toMatchObject({ items: [] });
});

test("several transfers of an account are in flight at once, with nonces in order", async () => {
  const { world, platform, id, mine } = await start();
  for (const each of ["t1", "t2", "t3", "t4"]) await request(platform, each, ask(id, usd, 10n));
  await mine();
  expect(world.fake.landed().map(({ nonce }) => nonce)).toEqual([0, 1, 2, 3]);
  await mine(2);
  expect(await balanceOf(platform, id, usd)).toMatchObject({ final: "460", held: "0" });
});

test("simulate() tells call, effects, fee and verdict, and records nothing", async () => {
  const { platform, id, address } = await start();
  const simulated = await platform.transferService.simulate(ask(id, usd, 5n, address), viewer);
  expect(simulated).toMatchObject({
    ok: true,
    view: {
      outcome: "success",
      policy: { verdict: "refused", rule: "no-rule" },
      decoded: { arguments: [{ path: "to" }, { path: "amount", value: "5" }] },
      fee: { asset: native, amount: "1800000" },
    },
  });
  expect(await platform.walletService.holds(id, viewer)).toMatchObject({ items: [] });
});

test("dust is not taken note of", async () => {
  const { world, platform, id, address, mine } = await start();
  world.fake.fund(address, shares, 9n);
  world.fake.fund(address, usd, 0n);
  await mine(4);
  expect(await balanceOf(platform, id, shares)).toEqual({} as never);
  const listed = await platform.walletService.deposits(id, { limit: 10 }, viewer);
  expect(listed.ok && listed.items).toHaveLength(2);
});

test("between two wallets of one owner the receiver has a deposit and the sender has effects", async () => {
  const { world, platform, id, mine } = await start();
  const other = await platform.walletService.create("Other", cause);
  const to = other.ok ? (other.view.accounts[0]?.address ?? "") : "";
  await platform.walletService.noteRegistration(user, `eip155:1:${to}` as never, keyed("moved"));
  await request(platform, "t1", ask(id, usd, 20n, to));
  await mine(4);
  expect(await balanceOf(platform, id, usd)).toMatchObject({ final: "480" });
  expect(other.ok && (await balanceOf(platform, other.view.id, usd))).toMatchObject({ final: "20" });
  expect(world.fake.landed()).toHaveLength(1);
});
