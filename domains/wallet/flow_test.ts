import { expect, test } from "bun:test";
import { amount } from "../shared/mod.ts";
import { evm, gasFee, native, shares, usd } from "./_chain_test.ts";
import {
  balanceOf,
  cause,
  claimOf,
  createWorld,
  definition,
  fundedWallet,
  keyed,
  type Platform,
  play,
  registered,
  scopeOf,
  startPlatform,
  user,
  viewer,
} from "./_platform_test.ts";

const coins = 10n ** 9n;
const dollars = 500n;

async function start() {
  const world = createWorld();
  const platform = startPlatform(world);
  const wallet = await fundedWallet(platform, world, coins, dollars);
  const mine = async (count = 1) => {
    world.fake.mine(count);
    await platform.head();
  };
  return { world, platform, ...wallet, mine };
}

const ask = (wallet: string, asset: string, value: bigint, to = registered) => ({
  ...{ wallet, network: evm.id },
  intent: { type: "send", asset, to, amount: value.toString() } as const,
});

async function request(platform: Platform, id: string, asked: ReturnType<typeof ask>) {
  const outcome = await platform.transferService.request(id, asked, viewer, cause);
  await platform.sender.idle();
  return outcome.ok ? outcome.view : outcome.refusal;
}

async function view(platform: Platform, id: string) {
  const found = await platform.transferService.get(id, viewer);
  return found.ok ? found.view : found.refusal;
}

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
  expect(await request(platform, "t1", ask(id, usd, 1n, elsewhere))).toBe("destination-not-allowed");
  expect(await request(platform, "t2", ask(id, usd, dollars + 1n))).toBe("funds-insufficient");
  expect(await request(platform, "t3", ask(id, shares, 1n))).toBe("asset-not-listed");
  expect(await request(platform, "t4", ask(id, usd, 0n))).toBe("intent-malformed");
  expect(await request(platform, "t5", ask(id, native, coins))).toBe("funds-insufficient");
  const call = { type: "call", to: address, data: "0x" } as const;
  const called = await platform.transferService.request("t6", { ...ask(id, usd, 1n), intent: call }, viewer, cause);
  expect(called).toMatchObject({ refusal: "call-not-allowed" });
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
      policy: { verdict: "refused", rule: "destination-not-allowed" },
      decoded: { arguments: [{ path: "to" }, { path: "amount", value: "5" }] },
      fee: { asset: native, amount: "1800000" },
    },
  });
  expect(await platform.walletService.holds(id, viewer)).toMatchObject({ items: [] });
});

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

test("an order holds, its transactions draw on the hold, and what they bring becomes the position's", async () => {
  const { platform, id, mine } = await start();
  const wanted = amount("300");
  // What its own transaction brings a wallet is an effect, and no deposit besides.
  await platform.assets.put(shares, { symbol: "SHR", decimals: 18, name: "Shares" }, cause);
  const { claim, play_version, task } = platform.reactions;
  await play_version.VersionPublished({ ...play, definition }, "p1-1", keyed("published"));
  await claim.CapacityClaimed(claimOf("o1", id, wanted), "o1", keyed("claimed"));
  // Two transactions of 100,000 gas at a fee of 20, half as much again.
  expect(await balanceOf(platform, id, native)).toMatchObject({ held: "6000000" });
  expect(await balanceOf(platform, id, usd)).toMatchObject({ held: "300", available: "200" });
  expect(await request(platform, "t1", ask(id, usd, 201n))).toBe("funds-insufficient");
  for (const [step, { intent }] of definition.enter.entries()) {
    if (!intent) throw new Error("no intent");
    const asked = {
      ...{ ...play, step: `s${step}`, transfer: `x${step}`, compensation: false, order: "o1", user, wallet: id },
      ...{ network: evm.id, intent, scope: scopeOf(wanted) },
    };
    await task.TransferAsked(asked, "task1", keyed(`asked${step}`));
    await platform.sender.idle();
    await mine(3);
    expect(await view(platform, `x${step}`)).toMatchObject({ status: "final", outcome: "success" });
  }
  expect(await balanceOf(platform, id, shares)).toMatchObject({ final: "300", held: "300" });
  const taken = { order: "o1", user, wallet: id, action: "enter", position: "o1", closed: false };
  await claim.CapacityTaken(taken, "o1", keyed("taken"));
  expect(await platform.walletService.holds(id, viewer)).toMatchObject({
    items: [{ id: "o1", purpose: { type: "position", position: "o1" }, assets: [{ asset: shares, amount: "300" }] }],
  });
  expect(await balanceOf(platform, id, usd)).toMatchObject({ final: "200", available: "200" });
  expect(await balanceOf(platform, id, native)).toMatchObject({ held: "0", final: `${coins - 2n * BigInt(gasFee)}` });
});

test("transactions of one order wait for one another: what the first may take, the second does not count on", async () => {
  const { world, platform, id, mine } = await start();
  const { claim, play_version, task } = platform.reactions;
  await play_version.VersionPublished({ ...play, definition }, "p1-1", keyed("published"));
  await claim.CapacityClaimed(claimOf("o1", id, amount("300")), "o1", keyed("claimed"));
  const [, step] = definition.enter;
  if (!step?.intent) throw new Error("no intent");
  for (const transfer of ["x1", "x2"]) {
    const asked = {
      ...{ ...play, step: transfer, transfer, compensation: false, order: "o1", user, wallet: id },
      ...{ network: evm.id, intent: step.intent, scope: scopeOf(amount("200")) },
    };
    await task.TransferAsked(asked, "task1", keyed(transfer));
  }
  await platform.sender.idle();
  await mine();
  expect(world.fake.handed()).toHaveLength(1);
  await mine(3);
  expect(await view(platform, "x1")).toMatchObject({ status: "final" });
  expect(await view(platform, "x2")).toMatchObject({ status: "failed", failure: { reason: "outflow-above-hold" } });
});

test("two processes that sign for one account at the same moment take different nonces", async () => {
  const { world, platform, id, mine } = await start();
  const other = startPlatform(world);
  const asked = ["t1", "t2", "t3", "t4", "t5", "t6"].map((each, place) =>
    (place % 2 === 0 ? platform : other).transferService.request(each, ask(id, usd, 10n), viewer, cause),
  );
  await Promise.all(asked);
  await Promise.all([platform.sender.idle(), other.sender.idle()]);
  await mine(3);
  expect(world.fake.landed().map(({ nonce }) => nonce)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(world.fake.handed()).toHaveLength(6);
  expect(await balanceOf(platform, id, usd)).toMatchObject({ final: "440", held: "0" });
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

test("an order's transaction that would revert fails with the reason, and nothing is sent", async () => {
  const { world, platform, id } = await start();
  const { claim, play_version, task } = platform.reactions;
  await play_version.VersionPublished({ ...play, definition }, "p1-1", keyed("published"));
  await claim.CapacityClaimed(claimOf("o1", id, amount("300")), "o1", keyed("claimed"));
  const [, step] = definition.enter;
  if (!step?.intent) throw new Error("no intent");
  const asked = {
    ...{ ...play, step: "s1", transfer: "x1", compensation: false, order: "o1", user, wallet: id },
    ...{ network: evm.id, intent: step.intent, scope: scopeOf(amount("501")) },
  };
  await task.TransferAsked(asked, "task1", keyed("asked"));
  await platform.sender.idle();
  const reason = "simulation-reverted";
  expect(await view(platform, "x1")).toMatchObject({
    status: "failed",
    failure: { reason, detail: "ERC20: transfer amount exceeds balance" },
  });
  expect(world.fake.handed()).toEqual([]);
  await claim.CapacityReleased({ order: "o1", user, wallet: id }, "o1", keyed("released"));
  expect(await balanceOf(platform, id, usd)).toMatchObject({ held: "0", available: "500" });
});

test("an order without funds is refused with what is missing", async () => {
  const { platform, id } = await start();
  const { claim, play_version } = platform.reactions;
  await play_version.VersionPublished({ ...play, definition }, "p1-1", keyed("published"));
  await claim.CapacityClaimed(claimOf("o1", id, amount("501")), "o1", keyed("claimed"));
  const { items } = await platform.stores.journal.read({ kind: "wallet", order: "descending", limit: 1 });
  expect(items[0]?.envelope.event).toMatchObject({
    ...{ type: "FundsRefused", order: "o1", reason: "funds-insufficient" },
    shortfalls: [{ asset: usd, needed: "501", available: "500" }],
  });
  await claim.CapacityReleased({ order: "o1", user, wallet: id }, "o1", keyed("released"));
});

test("an order waits for the terms of its play", async () => {
  const { platform, id } = await start();
  const claimed = platform.reactions.claim.CapacityClaimed(claimOf("o1", id, amount("1")), "o1", keyed("claimed"));
  await expect(claimed).rejects.toMatchObject({ retryable: true });
});
