import { expect, test } from "bun:test";
import { amount } from "../shared/mod.ts";
import { evm, gasFee, native, shares, usd } from "./_chain_test.ts";
import { ask, coins, request, start, view } from "./_flow_test.ts";
import { balanceOf, cause, claimOf, definition, keyed, play, scopeOf, user, viewer } from "./_platform_test.ts";

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
