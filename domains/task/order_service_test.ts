import { expect, test } from "bun:test";
import { entered, mine, refused, startOrders } from "./_orders_test.ts";
import { admin, approver, causeOf, deposit, investor, proof, rival, settled, usd } from "./_world_test.ts";

const theirs = { user: rival, any: false };

test("an order is placed, held, carried out and filled, and tells every step", async () => {
  const { place, hold, settle, orders, tasks, taskOf, end, asked, statusOf } = await startOrders();
  expect(await place("o1")).toMatchObject({
    ok: true,
    view: { id: "o1", status: "placed", user: investor, effects: [] },
  });
  await hold("o1");
  expect(await statusOf("o1")).toBe("held");
  const task = taskOf("o1");
  await tasks.claim(task, causeOf(admin));
  await settle();
  expect(await statusOf("o1")).toBe("in_progress");
  await tasks.complete(task, "check", { seen: true }, causeOf(admin));
  await tasks.approve(task, { step: "release", decision: "approve", proof }, () => true, causeOf(approver));
  for (const [step, change] of [
    ["allow", {}],
    ["deposit", entered],
  ] as const) {
    await tasks.complete(task, step, undefined, causeOf(admin));
    await end("o1", (await asked("o1")).at(-1)?.transfer ?? "", settled(change));
  }
  await settle();
  const found = await orders.get("o1", mine);
  expect(found).toMatchObject({ ok: true, view: { status: "filled", task } });
  expect(found.ok && found.view.effects.map(({ delta }) => delta)).toEqual(["-100", "95"] as never);
  expect(found.ok && found.view.history.map(({ status }) => status)).toEqual([
    ...(["placed", "held", "in_progress", "filled"] as const),
  ]);
});

test("a hold opens the order's task once, with its play's steps", async () => {
  const { place, hold, taskOf, events } = await startOrders();
  await place("o1", { parameters: { note: "mine" } });
  await hold("o1");
  await hold("o1");
  const opened = await events("task", taskOf("o1"));
  expect(opened).toMatchObject([
    {
      ...{ type: "TaskOpened", title: "Enter Steady vault", group: "orders", play: "p1", user: investor },
      order: { id: "o1", amount: "100", parameters: { note: "mine" }, digest: "d1", position: { assets: [] } },
      steps: [{ id: "check" }, { id: "release" }, { id: "allow" }, { id: "deposit" }],
    },
  ]);
  expect((await events("order", "o1")).map(({ type }) => type)).toEqual(["OrderPlaced", "OrderHeld", "OrderNoted"]);
});

test("a hold of a play whose terms are not known yet waits for them", async () => {
  const { place, versions, orders, statusOf } = await startOrders();
  await place("o1");
  const { load } = versions;
  versions.load = async (id) => ({ ...(await load(id)), state: { status: "unknown" } });
  await expect(orders.hold("o1", causeOf(investor, "k1"))).rejects.toMatchObject({ retryable: true });
  versions.load = load;
  await orders.hold("o1", causeOf(investor, "k1"));
  expect(await statusOf("o1")).toBe("held");
});

test("an order without capacity or funds is refused with what is missing", async () => {
  const { place, reactions, told, orders } = await startOrders();
  await place("o1");
  await reactions.claim.CapacityRefused({ reason: "capacity-exhausted" }, "o1", told());
  expect(await orders.get("o1", mine)).toMatchObject({ view: { status: "refused", reason: "capacity-exhausted" } });
  await place("o2");
  const shortfalls = [{ asset: usd, needed: "100", available: "7" }];
  await reactions.wallet.FundsRefused({ order: "o2", reason: "funds-insufficient", shortfalls }, "w1", told());
  expect(await orders.get("o2", mine)).toMatchObject({
    view: { status: "refused", reason: "funds-insufficient", detail: `${usd}: 100 needed, 7 available` },
  });
});

test("an order is cancelled by its owner, with its task, until a transaction has been asked for", async () => {
  const { place, hold, orders, tasks, taskOf, statusOf, settle } = await startOrders({ enter: [deposit] });
  await place("o1");
  expect(await orders.cancel("o1", theirs, causeOf(rival))).toMatchObject(refused("order-not-found"));
  expect(await orders.cancel("o1", { user: rival, any: true }, causeOf(rival))).toMatchObject(
    refused("order-not-found"),
  );
  expect(await orders.cancel("o9", mine, causeOf(investor))).toMatchObject(refused("order-not-found"));
  await hold("o1");
  await tasks.claim(taskOf("o1"), causeOf(admin));
  const cancelled = { ok: true, view: { status: "cancelled", reason: "cancelled-by-user" } };
  expect(await orders.cancel("o1", mine, causeOf(investor))).toMatchObject(cancelled);
  expect(await orders.cancel("o1", mine, causeOf(investor))).toMatchObject(cancelled);
  expect(await tasks.task(taskOf("o1"))).toMatchObject({ view: { status: "cancelled", reason: "order-cancelled" } });
  const late = await tasks.complete(taskOf("o1"), "deposit", undefined, causeOf(admin));
  expect(late).toMatchObject(refused("task-ended"));
  await place("o2");
  await hold("o2");
  await tasks.claim(taskOf("o2"), causeOf(admin));
  await tasks.complete(taskOf("o2"), "deposit", undefined, causeOf(admin));
  await settle();
  expect(await orders.cancel("o2", mine, causeOf(investor))).toMatchObject(refused("order-under-way"));
  expect(await statusOf("o2")).toBe("in_progress");
});

test("a cancellation and the start of a transaction that race: one of them wins", async () => {
  const { place, hold, orders, tasks, taskOf, statusOf, asked } = await startOrders({ enter: [deposit] });
  for (let round = 0; round < 20; round++) {
    const id = `r${round}`;
    await place(id);
    await hold(id);
    await tasks.claim(taskOf(id), causeOf(admin));
    const [first, second] = [
      () => orders.cancel(id, mine, causeOf(investor)),
      () => tasks.complete(taskOf(id), "deposit", undefined, causeOf(admin)),
    ].toSorted(() => (round % 2 === 0 ? 1 : -1)) as [() => Promise<unknown>, () => Promise<unknown>];
    await Promise.all([first(), second()]);
    expect((await asked(id)).length).toBe((await statusOf(id)) === "cancelled" ? 0 : 1);
  }
});

test("funds that are held after the order was cancelled open no task", async () => {
  const { place, hold, orders, taskOf, events } = await startOrders();
  await place("o1");
  await orders.cancel("o1", mine, causeOf(investor));
  await hold("o1");
  expect(await events("task", taskOf("o1"))).toEqual([]);
  expect((await events("order", "o1")).at(-1)).toEqual({ type: "OrderNoted", what: "hold" } as never);
});

test("an incident that is resolved before its order knows of it waits for the order", async () => {
  const { place, hold, orders, statusOf } = await startOrders({ enter: [deposit] });
  await place("o1");
  await hold("o1");
  const resolving = () => orders.resolve("o1", "i1", "Paid", causeOf(admin, "incident/i1/2"));
  await expect(resolving()).rejects.toMatchObject({ retryable: true });
  await orders.stick("o1", { incident: "i1", reason: "stuck", effects: [] }, causeOf(admin, "task/t1/9"));
  await resolving();
  expect(await orders.get("o1", mine)).toMatchObject({ view: { status: "incident", resolution: "Paid" } });
  expect(await statusOf("o1")).toBe("incident");
});
