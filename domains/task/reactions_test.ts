import { expect, test } from "bun:test";
import { amount } from "../shared/mod.ts";
import { entered, mine, quick, startOrders } from "./_orders_test.ts";
import {
  admin,
  allow,
  causeOf,
  check,
  deposit,
  investor,
  proof,
  settled,
  shares,
  startTasks,
  usd,
} from "./_world_test.ts";

const purpose = (task: string) => ({ type: "order", order: "o1", task });

/** An order whose first transaction has been asked for; and that transaction. */
async function started(given = { enter: [allow, deposit, check] }) {
  const world = await startOrders(given);
  await world.place("o1");
  await world.hold("o1");
  const task = world.taskOf("o1");
  await world.tasks.claim(task, causeOf(admin));
  await world.tasks.complete(task, given.enter[0]?.id ?? "", undefined, causeOf(admin));
  const last = async () => (await world.asked("o1")).at(-1)?.transfer ?? "";
  return { ...world, task, last, typesOf: async () => (await world.events("task", task)).map(({ type }) => type) };
}

test("an event that comes twice has its effect once", async () => {
  const { reactions, last, typesOf, task, events, tasks, settle } = await started();
  const landed = { ...settled(), purpose: purpose(task) };
  const transfer = await last();
  const cause = causeOf(investor, "transfer/x/5");
  await reactions.transfer.TransferSettled(landed, transfer, cause);
  const before = await typesOf();
  expect(before.at(-1)).toBe("StepSucceeded");
  await reactions.transfer.TransferSettled(landed, transfer, cause);
  expect(await typesOf()).toEqual(before);
  // Told under another key it is another fact, and comes too late.
  await reactions.transfer.TransferSettled(landed, transfer, causeOf(investor, "transfer/x/6"));
  expect(await typesOf()).toEqual([...before, "TaskNoted"]);
  await tasks.complete(task, "deposit", undefined, causeOf(admin));
  const failed = { reason: "simulation-reverted", purpose: purpose(task) };
  for (let times = 0; times < 3; times++) {
    await reactions.transfer.TransferFailed(failed, await last(), causeOf(investor, "transfer/y/2"));
  }
  const asks = (await typesOf()).filter((type) => type === "TransferAsked");
  expect(asks).toHaveLength(3);
  await settle();
  expect((await events("order", "o1")).map(({ type }) => type)).toEqual([
    ...["OrderPlaced", "OrderHeld", "OrderStarted", "OrderCompensating"],
  ]);
});

test("an order is held once for an event that comes again, even after it was filled", async () => {
  const { carryOut, reactions, told, events, taskOf, orders } = await startOrders(quick);
  const cause = causeOf(investor, "wallet/w1/7");
  await carryOut("o1", {}, entered);
  const held = { purpose: { type: "order", order: "o1" } };
  await reactions.wallet.FundsHeld(held, "w1", cause);
  await reactions.wallet.FundsHeld(held, "w1", cause);
  expect((await events("order", "o1")).filter(({ type }) => type === "OrderNoted")).toHaveLength(1);
  expect((await events("task", taskOf("o1"))).filter(({ type }) => type === "TaskOpened")).toHaveLength(1);
  await reactions.claim.CapacityRefused({ reason: "late" }, "o1", told());
  expect(await orders.get("o1", mine)).toMatchObject({ view: { status: "filled" } });
});

test("claims tell the order that it is under way, once", async () => {
  const { settle, events, tasks, task, pass } = await started();
  await settle();
  pass(600);
  await tasks.claim(task, causeOf(admin));
  await settle();
  expect((await events("order", "o1")).map(({ type }) => type)).toEqual([
    ...["OrderPlaced", "OrderHeld", "OrderStarted", "OrderNoted"],
  ]);
});

test("a reverting transaction undoes what was done, in reverse, and the order ends as compensated", async () => {
  const { tasks, task, last, end, settle, orders, asked, statusOf } = await started();
  await end("o1", await last(), settled());
  await tasks.complete(task, "deposit", undefined, causeOf(admin));
  await end("o1", await last(), settled(entered));
  await tasks.fail(task, "check", "the price fell", causeOf(admin));
  await settle();
  expect(await statusOf("o1")).toBe("compensating");
  expect((await asked("o1")).map(({ step }) => step)).toEqual(["allow", "deposit", "deposit"]);
  await end("o1", await last(), settled({ [usd]: "99" }));
  expect((await asked("o1")).map(({ step }) => step)).toEqual(["allow", "deposit", "deposit", "allow"]);
  expect(await statusOf("o1")).toBe("compensating");
  await end("o1", await last(), settled());
  await settle();
  expect(await orders.get("o1", mine)).toMatchObject({ view: { status: "compensated", reason: "the price fell" } });
});

test("a step whose failure may pass is tried again, and the order goes on", async () => {
  const { tasks, task, last, fail, end, settle, statusOf } = await started({ enter: [deposit] });
  await fail("o1", await last(), "fee-above-hold");
  await settle();
  expect(await statusOf("o1")).toBe("in_progress");
  await tasks.retry(task, "deposit", causeOf(admin));
  await tasks.complete(task, "deposit", undefined, causeOf(admin));
  await end("o1", await last(), settled(entered));
  await settle();
  expect(await statusOf("o1")).toBe("filled");
});

test("an allowance that is left after an order is an incident of its own; settling it leaves the order as it ended", async () => {
  const { carryOut, reactions, told, tasks, settle, statusOf, events } = await startOrders(quick);
  await carryOut("o1", {}, entered);
  const allowances = [
    { asset: usd, spender: "0xVault", amount: amount("40") },
    { asset: shares, spender: "0xOther", amount: amount("1") },
  ];
  const cause = told();
  for (const _ of [1, 2])
    await reactions.wallet.AllowancesLeft({ order: "o1", user: investor, allowances }, "w1", cause);
  const { items } = await tasks.incidents({ status: "open", limit: 9 });
  expect(items).toMatchObject([
    {
      ...{ order: "o1", user: investor, reason: "allowance-left", status: "open" },
      detail: `40 of ${usd} for 0xVault; 1 of ${shares} for 0xOther`,
    },
  ]);
  const id = items[0]?.id ?? "";
  expect(await events("incident", id)).toHaveLength(1);
  await tasks.resolveIncident(id, "Taken back", proof, causeOf(admin));
  await settle();
  expect((await tasks.incidents({ status: "open", limit: 9 })).items).toEqual([]);
  expect(await statusOf("o1")).toBe("filled");
  expect((await events("order", "o1")).at(-1)).toEqual({ type: "OrderNoted", what: "resolution" } as never);
});

test("what is no order's concerns no task", async () => {
  const { reactions, told, stores } = startTasks();
  const none = { type: "user" };
  expect(await reactions.transfer.TransferSettled({ ...settled(), purpose: none }, "x1", told())).toEqual({ ok: true });
  expect(await reactions.transfer.TransferFailed({ reason: "x", purpose: none }, "x1", told())).toEqual({ ok: true });
  expect(await reactions.wallet.FundsHeld({ purpose: { type: "transfer" } }, "w1", told())).toEqual({ ok: true });
  for (const of of [{}, { order: undefined }]) {
    const { task, incident } = reactions;
    const effects = [] as const;
    await task.TaskClaimed(of as object, "t1", told());
    await task.TaskCompleted({ ...(of as object), effects }, "t1", told());
    await task.TaskCompensating({ ...(of as object), reason: "x" }, "t1", told());
    await task.TaskCompensated({ ...(of as object), reason: "x", effects }, "t1", told());
    await task.TaskStuck({ ...(of as object), incident: "i1", reason: "x", effects }, "t1", told());
    await incident.IncidentResolved({ ...(of as object), resolution: "x" }, "i1", told());
  }
  expect((await stores.journal.read({ limit: 9 })).items).toEqual([]);
});

test("events of what this service does not know are remembered, and change nothing", async () => {
  const { reactions, told, orders, tasks } = startTasks();
  await reactions.wallet.FundsHeld({ purpose: { type: "order", order: "o9" } }, "w1", told());
  await reactions.claim.CapacityRefused({ reason: "x" }, "o9", told());
  await reactions.transfer.TransferSettled({ ...settled(), purpose: purpose("t9") }, "x1", told());
  await reactions.play.PlayPaused({ reason: "x" }, "p9", told());
  expect(await orders.get("o9", mine)).toMatchObject({ ok: false });
  expect(await tasks.task("t9")).toMatchObject({ ok: false });
});

test("a version's terms are noted without what orders do not need", async () => {
  const { offer, versions } = startTasks();
  const more = { contracts: [], summary: "Lends", capacity: amount("5") };
  await offer(more as object);
  const { state } = await versions.load("p1-1");
  expect(Object.keys(state.status === "published" ? state.terms : {}).toSorted()).toEqual([
    ...["adjust", "asset", "enter", "exit", "maximum", "minimum", "network", "parameters", "title"],
  ]);
});

test("everything that comes again, from the first word on, leaves all as it is", async () => {
  const { carryOut, stores, settle, place, hold } = await startOrders(quick);
  await carryOut("o1", {}, entered);
  await carryOut("o2", { action: "adjust", position: "o1" }, entered);
  await place("o3", { action: "exit", position: "o1", amount: "all" });
  await hold("o3");
  await settle();
  const count = async () => (await stores.journal.read({ limit: 200 })).items.length;
  const before = await count();
  await settle(true);
  expect(await count()).toBe(before);
});
