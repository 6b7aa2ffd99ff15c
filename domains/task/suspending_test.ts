import { expect, test } from "bun:test";
import type { UserId } from "../shared/mod.ts";
import { anyone, entered, exit, mine, quick, refused, startOrders, asked as wanted } from "./_orders_test.ts";
import { admin, causeOf, investor, rival, settled } from "./_world_test.ts";

async function startSuspending() {
  const world = await startOrders(quick);
  const { reactions, told, clock, place, hold, tasks, taskOf } = world;
  return {
    ...world,
    suspend: (user: UserId = investor, cause = told()) =>
      reactions.user.UserSuspended({ at: clock() }, user, cause) as Promise<unknown>,
    reactivate: () => reactions.user.UserReactivated({}, investor, told()) as Promise<unknown>,
    /** An order whose transaction has been asked for. */
    async begin(id: string): Promise<void> {
      await place(id);
      await hold(id);
      await tasks.claim(taskOf(id), causeOf(admin));
      await tasks.complete(taskOf(id), "deposit", undefined, causeOf(admin));
    },
  };
}

test("a suspended user's orders that have not started are cancelled, with their tasks and positions; the rest is finished", async () => {
  const {
    carryOut,
    suspend,
    begin,
    place,
    hold,
    tasks,
    taskOf,
    orders,
    holdings,
    events,
    asked,
    end,
    settle,
    statusOf,
  } = await startSuspending();
  await carryOut("o1", {}, entered);
  await place("o2");
  await place("o3", { ...exit, amount: "all" });
  await hold("o3");
  await tasks.claim(taskOf("o3"), causeOf(admin));
  await settle();
  await begin("o4");
  await suspend();
  expect(await orders.get("o2", mine)).toMatchObject({ view: { status: "cancelled", reason: "user-suspended" } });
  expect(await orders.get("o3", mine)).toMatchObject({ view: { status: "cancelled", reason: "user-suspended" } });
  expect((await events("order", "o3")).at(-1)).toMatchObject({ type: "OrderCancelled", user: investor });
  expect(await tasks.task(taskOf("o3"))).toMatchObject({ view: { status: "cancelled", reason: "order-cancelled" } });
  const { state } = await holdings.load("o1");
  expect(state.status === "open" && state.lock).toBeUndefined();
  expect(await tasks.complete(taskOf("o3"), "redeem", undefined, causeOf(admin))).toMatchObject(refused("task-ended"));
  await end("o4", (await asked("o4"))[0]?.transfer ?? "", settled(entered));
  await settle();
  expect([await statusOf("o1"), await statusOf("o4")]).toEqual(["filled", "filled"]);
});

test("all pages of a user's orders are looked through, and nobody else's", async () => {
  const { suspend, place, statusOf, orders, reactions, told } = await startSuspending();
  await reactions.wallet.WalletCreated({ user: rival }, "w2", told());
  const ids = Array.from({ length: 120 }, (_, place) => `o${place}`);
  for (const id of ids) await place(id);
  await place("theirs", { wallet: "w2" }, rival);
  await suspend();
  expect(new Set(await Promise.all(ids.map(statusOf)))).toEqual(new Set(["cancelled"]));
  const theirs = () => orders.get("theirs", { user: rival, any: false });
  expect(await theirs()).toMatchObject({ view: { status: "placed" } });
  await suspend(rival);
  expect(await theirs()).toMatchObject({ view: { status: "cancelled" } });
});

test("a suspension that is told again, even after the user came back, cancels nothing that they placed since", async () => {
  const { suspend, reactivate, begin, place, hold, statusOf, told, pass, clock, reactions, events } =
    await startSuspending();
  await begin("o1");
  await place("o2");
  const [cause, at] = [told(), clock()];
  const again = () => reactions.user.UserSuspended({ at }, investor, cause);
  await again();
  const before = [...(await events("order", "o1")), ...(await events("order", "o2"))];
  expect(before.at(-1)).toMatchObject({ type: "OrderCancelled" });
  await again();
  expect([...(await events("order", "o1")), ...(await events("order", "o2"))]).toEqual(before);
  pass(1);
  await reactivate();
  await place("o3");
  await again();
  await hold("o3");
  expect(await statusOf("o3")).toBe("held");
  await suspend();
  expect(await statusOf("o3")).toBe("cancelled");
});

test("an order that was on its way when its user was suspended opens no task, and frees its position", async () => {
  const { carryOut, suspend, reactivate, place, hold, taskOf, events, statusOf, pass } = await startSuspending();
  await carryOut("o1", {}, entered);
  await suspend();
  pass(1);
  await place("o2", { ...exit, amount: "all" });
  await hold("o2");
  expect((await events("order", "o2")).at(-1)).toMatchObject({ type: "OrderCancelled", reason: "user-suspended" });
  expect(await events("task", taskOf("o2"))).toEqual([]);
  await reactivate();
  expect(await place("o3", { ...exit, amount: "all" })).toMatchObject({ ok: true });
  await hold("o3");
  expect(await statusOf("o3")).toBe("held");
});

test("what someone else signed for goes on, but for what was placed before the suspension", async () => {
  const { suspend, orders, hold, statusOf, pass } = await startSuspending();
  const { behalf } = anyone();
  await orders.place("o1", wanted, causeOf(rival), behalf);
  await suspend();
  pass(1);
  await orders.place("o2", wanted, causeOf(rival), behalf);
  await hold("o2");
  expect([await statusOf("o1"), await statusOf("o2")]).toEqual(["cancelled", "held"]);
});

test("a suspension and a hold, or the start of a transaction, that race: the order is cancelled or begun, never both", async () => {
  const world = await startSuspending();
  const { suspend, reactivate, place, hold, tasks, taskOf, asked, statusOf, pass } = world;
  for (let round = 0; round < 20; round++) {
    const id = `r${round}`;
    await place(id);
    const starts = round % 2 === 0;
    if (starts) {
      await hold(id);
      await tasks.claim(taskOf(id), causeOf(admin));
    }
    const racing = () => (starts ? tasks.complete(taskOf(id), "deposit", undefined, causeOf(admin)) : hold(id));
    const both = [suspend, racing].toSorted(() => (round % 4 < 2 ? 1 : -1));
    await Promise.all(both.map((each) => each()));
    const begun = (await asked(id)).length;
    expect(begun === 1).toBe((await statusOf(id)) !== "cancelled");
    expect(starts || begun === 0).toBe(true);
    pass(1);
    await reactivate();
  }
});
