import { expect, test } from "bun:test";
import { amount } from "../shared/mod.ts";
import { entered, exit, left, mine, quick, refused, startOrders } from "./_orders_test.ts";
import { admin, causeOf, investor, pay, proof, redeem, rival, settled, shares, usd } from "./_world_test.ts";

test("an order that is filled opens a position; leaving it whole closes it", async () => {
  const { carryOut, holdings, events, asked } = await startOrders(quick);
  await carryOut("o1", {}, entered);
  expect((await holdings.load("o1")).state).toEqual({
    ...{ status: "open", user: investor, wallet: "w1", play: "p1", version: 1 },
    assets: [{ asset: shares, amount: amount("95") }],
  });
  await carryOut("o2", { ...exit, amount: "all" }, left);
  expect((await asked("o2"))[0]?.scope).toMatchObject({
    ...{ order: { amount: (2n ** 256n - 1n).toString() }, position: { assets: [{ asset: shares, amount: "95" }] } },
  });
  expect((await events("order", "o2")).at(-1)).toMatchObject({ type: "OrderFilled", position: "o1", closed: true });
  expect((await holdings.load("o1")).state).toMatchObject({ status: "closed", assets: [] });
});

test("leaving in part and adjusting leave the position open, with what it has then", async () => {
  const { carryOut, holdings, events, place } = await startOrders(quick);
  await carryOut("o1", {}, entered);
  await carryOut("o2", { ...exit, action: "adjust", amount: amount("50") }, { [usd]: "-50", [shares]: "40" });
  await carryOut("o3", { ...exit, amount: amount("35") }, { [shares]: "-35", [usd]: "39" });
  expect((await events("order", "o3")).at(-1)).toMatchObject({ type: "OrderFilled", position: "o1", closed: false });
  const { state } = await holdings.load("o1");
  expect(state).toMatchObject({ status: "open", assets: [{ asset: shares, amount: "100" }] });
  expect(state.status !== "none" && state.lock).toBeUndefined();
  expect(await place("o4", { ...exit, amount: "all" })).toMatchObject({ ok: true });
});

test("one order at a time works on a position, and frees it when it ends", async () => {
  const { carryOut, place, hold, orders, reactions, told } = await startOrders(quick);
  await carryOut("o1", {}, entered);
  const leave = { ...exit, amount: "all" } as const;
  await place("o2", leave);
  expect(await place("o3", leave)).toMatchObject(refused("position-busy"));
  expect(await place("o3", { ...exit, action: "adjust" })).toMatchObject(refused("position-busy"));
  expect(await place("o2", leave)).toMatchObject({ ok: true });
  await orders.cancel("o2", mine, causeOf(investor));
  expect(await place("o4", leave)).toMatchObject({ ok: true });
  await reactions.wallet.FundsRefused({ order: "o4", reason: "position-not-held", shortfalls: [] }, "w1", told());
  // An order that ended long ago frees nothing that another one has.
  expect(await place("o5", leave)).toMatchObject({ ok: true });
  await reactions.claim.CapacityRefused({ reason: "play-closed" }, "o4", told());
  expect(await place("o6", leave)).toMatchObject(refused("position-busy"));
  // Nor does one that is under way, because of what comes too late for it.
  await hold("o5");
  await reactions.claim.CapacityRefused({ reason: "play-closed" }, "o5", told());
  expect(await place("o6", leave)).toMatchObject(refused("position-busy"));
});

test("two orders for one position that race: one has it", async () => {
  const { carryOut, place } = await startOrders(quick);
  await carryOut("o1", {}, entered);
  const placed = await Promise.all(["a", "b", "c", "d"].map((id) => place(id, { ...exit, amount: "all" })));
  expect(placed.filter(({ ok }) => ok)).toHaveLength(1);
});

test("a position is worked on by its owner, in its play, wallet and version", async () => {
  const { carryOut, place, offer, reactions, told } = await startOrders(quick);
  await carryOut("o1", {}, entered);
  await reactions.wallet.WalletCreated({ user: rival }, "w2", told());
  await reactions.wallet.WalletCreated({ user: investor }, "w3", told());
  const leave = { ...exit, amount: "all" } as const;
  expect(await place("o2", { ...leave, wallet: "w2" }, rival)).toMatchObject(refused("position-not-found"));
  expect(await place("o2", { ...leave, wallet: "w3" })).toMatchObject(refused("position-not-found"));
  await offer(quick, 1, "p2");
  expect(await place("o2", { ...leave, play: "p2" })).toMatchObject(refused("position-not-found"));
  await offer(quick, 2);
  expect(await place("o2", { ...leave, version: 2 })).toMatchObject(refused("version-not-offered"));
  await carryOut("o3", leave, left);
  expect(await place("o4", leave)).toMatchObject(refused("position-not-found"));
});

/** An exit that redeemed some shares and then failed: what is to undo it has been asked for. */
async function failing(redeemed: Parameters<typeof settled>[0]) {
  const world = await startOrders({ ...quick, exit: [redeem, pay] });
  const { carryOut, place, hold, tasks, taskOf, end, asked } = world;
  await carryOut("o1", {}, entered);
  await place("o2", { ...exit, amount: "all" });
  await hold("o2");
  const task = taskOf("o2");
  const last = async () => (await asked("o2")).at(-1)?.transfer ?? "";
  await tasks.claim(task, causeOf(admin));
  await tasks.complete(task, "redeem", undefined, causeOf(admin));
  await end("o2", await last(), settled(redeemed));
  await tasks.fail(task, "pay", "no friend", causeOf(admin));
  return { ...world, task, undoing: await last() };
}

test("an exit that was undone leaves the position what came back, free for the next order", async () => {
  const { orders, end, undoing, settle, holdings } = await failing(left);
  await end("o2", undoing, settled({ [usd]: "-110", [shares]: "94" }));
  await settle();
  expect(await orders.get("o2", mine)).toMatchObject({
    view: { status: "compensated", reason: "no friend", effects: [{ asset: shares, delta: "-1" }] },
  });
  const { state } = await holdings.load("o1");
  expect(state).toMatchObject({ status: "open", assets: [{ asset: shares, amount: "94" }] });
  expect(state.status !== "none" && state.lock).toBeUndefined();
});

test("an incident keeps the position until it is resolved; then it has what is left of it", async () => {
  const { place, orders, tasks, incidents, task, end, undoing, settle, holdings, statusOf } = await failing({
    ...{ [shares]: "-40", [usd]: "44" },
  });
  await end("o2", undoing, settled({}, "reverted"));
  await settle();
  expect(await statusOf("o2")).toBe("incident");
  expect(await place("o3", { ...exit, amount: "all" })).toMatchObject(refused("position-busy"));
  const [incident] = (await tasks.incidents({ status: "open", limit: 9 })).items;
  const id = incident?.id ?? "";
  expect(incident).toMatchObject({ order: "o2", task, user: investor, reason: "compensation-reverted" });
  await tasks.resolveIncident(id, "Paid back by hand", proof, causeOf(admin));
  await settle();
  expect(await orders.get("o2", mine)).toMatchObject({
    view: { status: "incident", incident: id, resolution: "Paid back by hand" },
  });
  expect((await incidents.load(id)).state).toMatchObject({ status: "resolved", resolvedBy: admin });
  expect((await holdings.load("o1")).state).toMatchObject({
    status: "open",
    assets: [{ asset: shares, amount: "55" }],
  });
  expect(await place("o3", { ...exit, amount: "all" })).toMatchObject({ ok: true });
});

test("an exit whose incident is resolved with nothing left of the position closes it", async () => {
  const { place, tasks, end, undoing, settle, holdings, events } = await failing(left);
  await end("o2", undoing, settled({}, "reverted"));
  await settle();
  const [incident] = (await tasks.incidents({ status: "open", limit: 9 })).items;
  await tasks.resolveIncident(incident?.id ?? "", "The dollars are the user's", proof, causeOf(admin));
  await settle();
  expect((await events("order", "o2")).at(-1)).toMatchObject({
    ...{ type: "OrderIncidentResolved", action: "exit", position: "o1", closed: true },
    effects: [{ delta: "-95" }, { delta: "110" }],
  });
  expect((await holdings.load("o1")).state).toMatchObject({ status: "closed", assets: [] });
  expect(await place("o3", { ...exit, amount: "all" })).toMatchObject(refused("position-not-found"));
});

test("an exit that is given up before it did anything leaves the position as it was", async () => {
  const { carryOut, place, hold, tasks, taskOf, settle, holdings, events } = await startOrders(quick);
  await carryOut("o1", {}, {});
  await place("o2", { ...exit, amount: "all" });
  await hold("o2");
  await tasks.claim(taskOf("o2"), causeOf(admin));
  await tasks.fail(taskOf("o2"), "redeem", "nothing there", causeOf(admin));
  await settle();
  expect((await events("order", "o2")).at(-1)).toMatchObject({ type: "OrderCompensated", effects: [], closed: false });
  const { state } = await holdings.load("o1");
  expect(state).toMatchObject({ status: "open", assets: [] });
  expect(state.status !== "none" && state.lock).toBeUndefined();
});

test("an order that brought nothing opens a position of nothing, which is not closed; an adjustment may be small", async () => {
  const { carryOut, events, holdings, place } = await startOrders(quick);
  await carryOut("o1", {}, {});
  expect((await events("order", "o1")).at(-1)).toMatchObject({ type: "OrderFilled", closed: false });
  expect((await holdings.load("o1")).state).toMatchObject({ status: "open", assets: [] });
  expect(await place("o2", { ...exit, action: "adjust", amount: amount("1") })).toMatchObject({ ok: true });
});
