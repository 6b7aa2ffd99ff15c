import { expect, test } from "bun:test";
import { type Instant, later } from "../shared/mod.ts";
import { opened } from "./_by_hand_test.ts";
import { mine, startOrders } from "./_orders_test.ts";
import { admin, allow, at, causeOf, check, deposit, investor, rival, shares } from "./_world_test.ts";
import type { NewTask, TaskFilter } from "./mod.ts";

/** Five tasks, one of which has ended; by their titles. */
async function listed() {
  const started = await startOrders({ enter: [allow] });
  const due = (seconds: number) => ({ dueAt: later(at, seconds) as Instant });
  const open = async (title: string, given: Partial<NewTask>) => {
    const { id } = await opened(started, { title, ...given });
    started.pass(1);
    return id;
  };
  const ids = {
    a: await open("a", { ...due(300), priority: "low" }),
    b: await open("b", { ...due(100), group: "audit" }),
    c: await open("c", { priority: "high" }),
    d: await open("d", { steps: [check] as NewTask["steps"], ...due(200) }),
  };
  await started.place("o1");
  await started.hold("o1");
  for (const id of [ids.a, ids.c, ids.d]) await started.tasks.claim(id, causeOf(admin));
  await started.tasks.complete(ids.d, "check", { seen: true }, causeOf(admin));
  await started.tasks.assign(ids.b, rival, causeOf(admin));
  const titles = async (filter: Omit<TaskFilter, "limit">, limit = 50) => {
    const found: string[] = [];
    let after: string | undefined;
    do {
      const page = await started.tasks.tasks({ ...filter, limit, after });
      found.push(...page.items.map(({ title }) => title.replace("Enter Steady vault", "o")));
      after = page.next;
    } while (after !== undefined);
    return found;
  };
  return { ...started, titles };
}

test.each<[Omit<TaskFilter, "limit">, string[]]>([
  [{}, ["b", "a", "c", "o"]],
  [{ sort: "due" }, ["b", "a", "c", "o"]],
  [{ sort: "priority" }, ["c", "b", "o", "a"]],
  [{ status: "completed" }, ["d"]],
  [{ status: "stuck" }, []],
  [{ group: "accounting" }, ["a", "c"]],
  [{ group: "orders" }, ["o"]],
  [{ order: "o1" }, ["o"]],
  [{ order: "o1", status: "completed" }, []],
  [{ order: "o9" }, []],
  [{ assignee: admin }, ["d", "a", "c"]],
  [{ assignee: admin, sort: "priority" }, ["c", "d", "a"]],
  [{ assignee: admin, status: "open" }, ["a", "c"]],
  [{ assignee: rival, group: "audit" }, ["b"]],
  [{ assignee: investor }, []],
])("tasks by %j are %j, whatever the size of a page", async (filter, expected) => {
  const { titles } = await listed();
  expect(await titles(filter)).toEqual(expected);
  expect(await titles(filter, 1)).toEqual(expected);
  expect(await titles(filter, 2)).toEqual(expected);
});

test("what is due and still open is overdue", async () => {
  const { titles, pass, tasks } = await listed();
  expect(await titles({ overdue: true })).toEqual([]);
  pass(200);
  expect(await titles({ overdue: true })).toEqual(["b"]);
  expect(await titles({ overdue: false })).toEqual(["a", "c", "o"]);
  expect((await tasks.tasks({ overdue: false, limit: 2 })).items.map(({ title }) => title)).toEqual(["a", "c"]);
  const { items } = await tasks.tasks({ limit: 9 });
  expect(items.map(({ title, overdue }) => [title, overdue])).toContainEqual(["b", true]);
});

test("an order's task shows what the order is about, and all as all", async () => {
  const { tasks, taskOf, carryOut, place, hold } = await startOrders({ enter: [deposit] });
  await carryOut("o1", {}, { [shares]: "95" });
  expect(await tasks.task(taskOf("o1"))).toMatchObject({
    view: { order: "o1", user: investor, play: "p1", amount: "100", group: "orders" },
  });
  await place("o2", { action: "exit", position: "o1", amount: "all" });
  await hold("o2");
  expect(await tasks.task(taskOf("o2"))).toMatchObject({ view: { title: "Leave Steady vault", amount: "all" } });
});

test("an order's task is found by the order, whatever became of it", async () => {
  const { orders, titles, place, hold } = await listed();
  await orders.cancel("o1", mine, causeOf(investor));
  await place("o2");
  await hold("o2");
  expect(await titles({ order: "o1" })).toEqual(["o"]);
  expect(await titles({ order: "o1", status: "cancelled" })).toEqual(["o"]);
  expect(await titles({ order: "o1", status: "open" })).toEqual([]);
});
