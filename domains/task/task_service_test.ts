import { expect, test } from "bun:test";
import type { AggregateStore } from "../../ports/mod.ts";
import { type Duration, later } from "../shared/mod.ts";
import { byHand, opened } from "./_by_hand_test.ts";
import { refused, startOrders } from "./_orders_test.ts";
import {
  admin,
  approver,
  at,
  causeOf,
  check,
  deposit,
  investor,
  proof,
  rival,
  settled,
  startTasks,
  usd,
} from "./_world_test.ts";
import type { NewTask } from "./mod.ts";
import type { StepDefinition } from "./offer.ts";
import { leaseSeconds } from "./working.ts";

const wait = { id: "wait", title: "Wait", type: "wait", duration: "PT1H" as Duration } as const;

test("a task by hand moves no money; its faults are told by where they are", async () => {
  const { tasks, view } = await opened();
  expect(view).toMatchObject({ status: "open", title: "Compare the books", overdue: false, openedAt: at });
  const bad = { ...check, id: "bad", evidence: { properties: { a: { $ref: "#" } } } };
  const never = { ...wait, id: "never", duration: "soon" as Duration };
  const steps = [check, bad, check, never] as NewTask["steps"];
  expect(await tasks.open({ ...byHand, steps }, causeOf(admin))).toMatchObject({
    ...refused("steps-faulty"),
    faults: [
      { pointer: "/steps/1/evidence/properties/a/$ref" },
      { pointer: "/steps/3/duration" },
      { pointer: "/steps" },
    ],
  });
});

test("admins who race for a task: one holds it", async () => {
  const { tasks, id } = await opened();
  const admins = Array.from({ length: 10 }, (_, index) => causeOf(`a${index}` as typeof admin));
  const claims = await Promise.all(admins.map((cause) => tasks.claim(id, cause)));
  const held = claims.filter(({ ok }) => ok);
  expect(held).toHaveLength(1);
  expect(claims.filter(({ ok }) => !ok)).toEqual(Array.from({ length: 9 }, () => refused("task-claimed")) as never);
  const found = await tasks.task(id);
  expect(found).toMatchObject({ view: { claimedUntil: later(at, leaseSeconds) } });
});

test("a lease that has run out is released, and the next one claims it", async () => {
  const { tasks, id, pass, events } = await opened();
  await tasks.claim(id, causeOf(admin));
  pass(leaseSeconds + 1);
  await tasks.wake();
  expect((await events("task", id)).at(-1)).toEqual({
    ...{ type: "TaskReleased", by: admin, reason: "lease-expired" },
  } as never);
  expect(await tasks.claim(id, causeOf(rival))).toMatchObject({ ok: true, view: { assignee: rival } });
});

test("evidence is of the step's schema, and its faults say where", async () => {
  const { tasks, id } = await opened();
  await tasks.claim(id, causeOf(admin));
  expect(await tasks.complete(id, "check", { seen: "yes" }, causeOf(admin))).toMatchObject({
    ...refused("evidence-faulty"),
    faults: [{ pointer: "/seen" }],
  });
  for (const evidence of [undefined, null, {}, "seen"]) {
    expect(await tasks.complete(id, "check", evidence, causeOf(admin))).toMatchObject(refused("evidence-faulty"));
  }
  expect(await tasks.complete(id, "check", { seen: true }, causeOf(admin))).toMatchObject({ ok: true });
  expect(await tasks.complete(id, "check", { seen: "yes" }, causeOf(admin))).toMatchObject({ ok: true });
});

test("evidence and steps are bounded, whatever the schema admits", async () => {
  const { tasks, id } = await opened(startTasks(), { steps: [{ ...check, evidence: {} }] as NewTask["steps"] });
  await tasks.claim(id, causeOf(admin));
  const faulty = { ...refused("evidence-faulty"), faults: [{ pointer: "" }] };
  expect(await tasks.complete(id, "check", "x".repeat(50_000), causeOf(admin))).toMatchObject(faulty);
  expect(await tasks.complete(id, "check", "x".repeat(49_000), causeOf(admin))).toMatchObject({ ok: true });
  const long = { ...check, instructions: "x".repeat(5_000) };
  const steps = Array.from({ length: 12 }, (_, index) => ({ ...long, id: `s${index}` })) as NewTask["steps"];
  expect(await tasks.open({ ...byHand, steps }, causeOf(admin))).toMatchObject({
    ...{ ...refused("steps-faulty"), faults: [{ pointer: "/steps" }] },
  });
});

test("an approval takes the permission that its step names, and a valid signature", async () => {
  const { tasks, id, events } = await opened();
  await tasks.claim(id, causeOf(admin));
  await tasks.complete(id, "check", { seen: true }, causeOf(admin));
  const judging = { step: "release", decision: "approve", proof, comment: "Fine" } as const;
  const asked: string[] = [];
  const mayNot = (permission: string) => {
    asked.push(permission);
    return false;
  };
  expect(await tasks.approve(id, judging, mayNot, causeOf(approver))).toMatchObject(refused("approval-not-permitted"));
  expect(asked).toEqual(["task:approve"]);
  const forged = { ...judging, proof: { ...proof, signature: "forged" } };
  expect(await tasks.approve(id, forged, () => true, causeOf(approver))).toMatchObject(refused("proof-invalid"));
  expect(await tasks.approve(id, judging, () => true, causeOf(admin))).toMatchObject(
    refused("executor-cannot-approve"),
  );
  expect(await tasks.approve(id, judging, () => true, causeOf(approver))).toMatchObject({
    ...{ ok: true, view: { status: "completed", steps: [{}, { approvedBy: [approver] }] } },
  });
  expect(await events("task", id)).toContainEqual({
    ...{ type: "StepApproved", step: "release", by: approver, proof, comment: "Fine" },
  } as never);
});

test("what is asked of a task that there is not is refused", async () => {
  const { tasks } = startTasks();
  const judging = { step: "release", decision: "approve", proof } as const;
  const answers = await Promise.all([
    ...[tasks.task("t9"), tasks.claim("t9", causeOf(admin)), tasks.release("t9", "x", causeOf(admin))],
    ...[tasks.assign("t9", rival, causeOf(admin)), tasks.comment("t9", "x", causeOf(admin))],
    ...[tasks.complete("t9", "s", {}, causeOf(admin)), tasks.approve("t9", judging, () => true, causeOf(admin))],
    ...[tasks.fail("t9", "s", "x", causeOf(admin)), tasks.retry("t9", "s", causeOf(admin))],
  ]);
  for (const answer of answers) expect(answer).toMatchObject(refused("task-not-found"));
  expect(await tasks.resolveIncident("i9", "x", proof, causeOf(admin))).toMatchObject(refused("incident-not-found"));
});

test("waits are over in time, and a task that can't be woken keeps no other from it", async () => {
  let poison = "";
  const failing = <Store extends object>(store: Store): Store => {
    const { load } = store as unknown as AggregateStore<unknown, never>;
    const broken: typeof load = (id) => (id === poison ? Promise.reject(new Error("Cannot load")) : load(id));
    return { ...store, load: broken };
  };
  const started = startTasks(failing);
  const ids: string[] = [];
  for (let index = 0; index < 120; index++) {
    ids.push((await opened(started, { steps: [wait, check] as NewTask["steps"] })).id);
  }
  started.pass(3601);
  poison = ids[0] ?? "";
  await expect(started.tasks.wake()).rejects.toMatchObject({ errors: [{ message: "Cannot load" }] });
  poison = "";
  const views = await Promise.all(ids.map((id) => started.tasks.task(id)));
  const statuses = views.map((found) => found.ok && found.view.steps[0]?.status);
  expect(statuses.filter((status) => status === "done")).toHaveLength(119);
  await started.tasks.wake();
  expect(await started.tasks.task(ids[0] ?? "")).toMatchObject({ view: { steps: [{ status: "done" }, {}] } });
});

test("a task that is stuck opens its incident in the same commit, once", async () => {
  const { place, hold, taskOf, tasks, asked, end, events, settle, statusOf } = await startOrders({
    enter: [deposit, check] as StepDefinition[],
  });
  await place("o1");
  await hold("o1");
  const task = taskOf("o1");
  await tasks.claim(task, causeOf(admin));
  await tasks.complete(task, "deposit", undefined, causeOf(admin));
  const last = async () => (await asked("o1")).at(-1)?.transfer ?? "";
  await end("o1", await last(), settled({ [usd]: "-5" }));
  await tasks.fail(task, "check", "gave up", causeOf(admin));
  const undoing = await last();
  await end("o1", undoing, settled({}, "reverted"));
  await end("o1", undoing, settled({}, "reverted"));
  await settle();
  const { items } = await tasks.incidents({ limit: 9 });
  expect(items).toMatchObject([
    {
      ...{ status: "open", order: "o1", task, user: investor, reason: "compensation-reverted", openedAt: at },
      detail: "Enter Steady vault: compensation-reverted",
    },
  ]);
  expect((await events("task", task)).filter(({ type }) => type === "TaskStuck")).toHaveLength(1);
  expect(await statusOf("o1")).toBe("incident");
  expect(await tasks.task(task)).toMatchObject({ view: { status: "stuck", incident: items[0]?.id ?? "" } });
});

test("incidents are listed newest first, and resolved with a signature", async () => {
  const { tasks, incidents } = startTasks();
  for (const [index, id] of ["c", "b", "a"].entries()) {
    const event = { type: "IncidentOpened", reason: "stuck", detail: id, at: later(at, index) } as const;
    const state = incidents.kind.evolve({ status: "none" }, event);
    await incidents.commit({
      ...{ kind: "incident", schema: 1, id, revision: 0, state, events: [event], cause: causeOf(admin) },
    });
  }
  const idsOf = async (query: Parameters<typeof tasks.incidents>[0]) => {
    const page = await tasks.incidents(query);
    return [page.items.map(({ id }) => id), page.next] as const;
  };
  const forged = { ...proof, signature: "forged" };
  expect(await tasks.resolveIncident("b", "Done", forged, causeOf(admin))).toMatchObject(refused("proof-invalid"));
  expect(await tasks.resolveIncident("b", "Done", proof, causeOf(admin))).toMatchObject({
    ...{ ok: true, view: { id: "b", status: "resolved", resolution: "Done", resolvedBy: admin } },
  });
  expect(await tasks.resolveIncident("b", "Undone", proof, causeOf(admin))).toMatchObject(refused("incident-resolved"));
  expect((await idsOf({ limit: 9 }))[0]).toEqual(["a", "b", "c"]);
  expect((await idsOf({ status: "open", limit: 9 }))[0]).toEqual(["a", "c"]);
  expect((await idsOf({ status: "resolved", limit: 9 }))[0]).toEqual(["b"]);
  const [first, next] = await idsOf({ limit: 2 });
  expect(first).toEqual(["a", "b"]);
  expect(await idsOf({ limit: 2, after: next })).toEqual([["c"], undefined]);
});
