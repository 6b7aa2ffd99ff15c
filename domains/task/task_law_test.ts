import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Duration, type Instant, later, type UserId } from "../shared/mod.ts";
import {
  approves,
  claims,
  completes,
  type Doing,
  fails,
  givesUp,
  lands,
  none,
  opens,
  rejects,
  retries,
  reverts,
  wakes,
} from "./_steps_test.ts";
import {
  admin,
  allow,
  approver,
  at,
  check,
  deposit,
  investor,
  pay,
  release,
  rival,
  shares,
  usd,
} from "./_world_test.ts";
import type { StepDefinition } from "./offer.ts";
import { evolve } from "./replaying.ts";
import type { Task, TaskEvent } from "./task.ts";
import { assignTask, cancelTask, releaseTask, retryStep } from "./working.ts";

const wait = { id: "wait", title: "Wait", type: "wait", duration: "PT1H" as Duration } as const;
const kinds: readonly StepDefinition[] = [check, release, allow, deposit, deposit, deposit, pay, wait];
const people = [admin, rival, approver, investor];

const steps = fc
  .array(fc.constantFrom(...kinds), { minLength: 2, maxLength: 6 })
  .map((drawn) => drawn.map((step, index) => ({ ...step, id: `s${index}` }) as StepDefinition));

const step = fc.integer({ min: 0, max: 5 }).map((index) => `s${index}`);
const who = fc.constantFrom(...people);
/** Hours pass as the commands come: leases run out, waits end. */
const when = fc.constantFrom<Instant>(at, later(at, 600), later(at, 3_600), later(at, 7_200));
const transfer = fc
  .record({ id: step, attempt: fc.integer({ min: 1, max: 2 }), undo: fc.boolean() })
  .map(({ id, attempt, undo }) => `${undo ? "undo" : "do"}-${id}-${attempt}`);
const changes = fc.constantFrom({}, { [usd]: "-1" });

const byPeople: fc.Arbitrary<Doing> = fc.oneof(
  fc.tuple(who, when).map(([by, moment]) => claims(by, moment)),
  fc.tuple(step, who, when).map(([id, by, moment]) => completes(id, by, moment)),
  fc.tuple(fc.constantFrom(approves, approves, rejects), step, who).map(([judge, id, by]) => judge(id, by)),
  fc.tuple(fc.constantFrom(givesUp, retries), step, who).map(([decide, id, by]) => decide(id, by)),
  who.map(
    (by): Doing =>
      (task) =>
        releaseTask(task, { by, at, reason: "lunch" }),
  ),
  who.map(
    (to): Doing =>
      (task) =>
        assignTask(task, { to, by: admin }),
  ),
);
const byItself: fc.Arbitrary<Doing> = fc.oneof(
  fc.tuple(transfer, changes).map(([id, changed]) => lands(id, changed)),
  transfer.map((id) => reverts(id)),
  fc.tuple(transfer, fc.constantFrom("fee-above-hold", "simulation-reverted")).map(([id, why]) => fails(id, why)),
  when.map((moment) => wakes(moment)),
  fc.constantFrom<Doing>(wakes(), wakes(), (task) => cancelTask(task, "order-cancelled")),
);

const moved = { [usd]: "-100", [shares]: "95" };

/** What comes next for the task, for better or worse: so that the random walks come far. */
const next =
  (luck: "good" | "bad" | "worse"): Doing =>
  (task) => {
    if (task.status === "none") return { ok: true, events: [] };
    const under = task.steps.find(({ status }) => status === "undoing" || status === "in_flight");
    if (under) {
      const transfer = under.transfer ?? "";
      const ends = { good: lands(transfer, moved), bad: fails(transfer, "fee-above-hold"), worse: reverts(transfer) };
      return ends[luck](task);
    }
    const current = task.steps.find(({ status }) => status !== "done");
    if (!current) return { ok: true, events: [] };
    const { id, type, status } = current;
    if (type === "approval") return luck === "worse" ? rejects(id)(task) : approves(id)(task);
    if (type === "wait") return wakes(later(at, 7_200))(task);
    if (!task.lease) return claims()(task);
    const { by } = task.lease;
    if (luck === "worse") return givesUp(id, by)(task);
    return status === "failed" ? retries(id, by)(task) : completes(id, by)(task);
  };

const ends = ["TaskCompleted", "TaskCompensated", "TaskCancelled", "TaskStuck"];
const luck = fc.constantFrom(...(["good", "good", "good", "good", "good", "bad", "worse"] as const));
const doing = fc.oneof({ weight: 5, arbitrary: luck.map(next) }, byPeople, byItself);
const commands = fc.array(doing, { maxLength: 60, size: "max" });

/** All that a task records under the commands, refused ones left out. */
function run(given: readonly StepDefinition[], doings: readonly Doing[]) {
  const events: TaskEvent[] = [];
  let task: Task = none;
  for (const doing of [opens(...given), ...doings]) {
    const decision = doing(task);
    if (!decision.ok) continue;
    events.push(...decision.events);
    task = decision.events.reduce(evolve, task);
  }
  return { events, task };
}

test("whatever happens, in any order and again, a task ends once, and records only notes and comments after that", () => {
  const law = fc.property(steps, commands, (given, doings) => {
    const { events, task } = run(given, doings);
    const ended = events.findIndex(({ type }) => ends.includes(type));
    const later = events.slice(ended + 1).map(({ type }) => type);
    if (ended >= 0) expect(later.filter((type) => type !== "TaskNoted")).toEqual([]);
    const over = task.status !== "none" && !["open", "compensating"].includes(task.status);
    expect(over).toBe(ended >= 0);
  });
  fc.assert(law, { numRuns: 1000 });
});

test("whatever happens, steps are undone newest first, each once, and asked for only when its own transfer is over", () => {
  const law = fc.property(steps, commands, (given, doings) => {
    const { events } = run(given, doings);
    const under = new Map<string, "asked" | "over">();
    const undone: number[] = [];
    let asked = 0;
    for (const event of events) {
      if (event.type === "TransferAsked") {
        // One transfer at a time, and never the same one twice.
        expect([...under.values()]).not.toContain("asked");
        expect(under.has(event.transfer)).toBe(false);
        if (event.compensation) {
          expect(under.get(`do-${event.step}-${event.attempt}`)).toBe("over");
          asked += 1;
        }
        under.set(event.transfer, "asked");
      }
      if ("transfer" in event && event.type !== "TransferAsked" && event.transfer !== undefined) {
        under.set(event.transfer, "over");
      }
      if (event.type === "StepCompensated") undone.push(Number(event.step.slice(1)));
    }
    expect(undone).toEqual(undone.toSorted((a, b) => b - a));
    expect(new Set(undone).size).toBe(undone.length);
    expect(asked).toBeLessThanOrEqual(given.length);
  });
  fc.assert(law, { numRuns: 1000 });
});

test("a task that is compensated has undone every transaction that changed something", () => {
  const law = fc.property(steps, commands, (given, doings) => {
    const { events, task } = run(given, doings);
    if (task.status !== "compensated") return;
    const changed = events.flatMap((event) => (event.type === "StepSucceeded" ? [event.step] : []));
    const undone = events.flatMap((event) => (event.type === "StepCompensated" ? [event.step] : []));
    expect([...undone].toSorted()).toEqual([...changed].toSorted());
    expect(task.steps.filter(({ status }) => ["in_flight", "undoing", "waiting"].includes(status))).toEqual([]);
  });
  fc.assert(law, { numRuns: 1000 });
});

test("whoever does what, nobody both carries out and approves", () => {
  const law = fc.property(steps, commands, (given, doings) => {
    const { events } = run(given, doings);
    const executed = new Set<UserId>();
    const approved = new Set<UserId>();
    for (const event of events) {
      if (event.type === "StepCompleted" || (event.type === "TransferAsked" && !event.compensation)) {
        executed.add(event.by);
      }
      if (event.type === "StepApproved") approved.add(event.by);
    }
    expect([...executed].filter((user) => approved.has(user))).toEqual([]);
    expect(approved.has(investor)).toBe(false);
  });
  fc.assert(law, { numRuns: 1000 });
});

/** What willing people and a chain that works do for a task at this moment, whatever it waits for. */
function help(task: Task, moment: Instant): readonly Doing[] {
  if (task.status === "none") return [];
  const [executor, ...approvers] = ["u7", "u8", "u9"] as [UserId, UserId, UserId];
  const transfers = task.steps.flatMap(({ transfer = [] }) => transfer);
  return [
    ...[wakes(moment), ...transfers.map((each) => lands(each))],
    (known) => assignTask(known, { to: executor, by: admin }),
    claims(executor, moment),
    ...task.steps.flatMap(({ id }): readonly Doing[] => [
      (known) => retryStep(known, { step: id, by: executor, at: moment }),
      completes(id, executor, moment),
      ...approvers.map((by) => approves(id, by)),
    ]),
  ];
}

test("wherever a task got to, people can bring it to an end", () => {
  const law = fc.property(steps, commands, (given, doings) => {
    let { task } = run(given, doings);
    for (let day = 1; day < 30; day++) {
      for (const doing of help(task, later(at, day * 86_400))) {
        const decision = doing(task);
        if (decision.ok) task = decision.events.reduce(evolve, task);
      }
    }
    expect(["completed", "compensated", "cancelled", "stuck"]).toContain(task.status);
  });
  fc.assert(law, { numRuns: 500 });
});
