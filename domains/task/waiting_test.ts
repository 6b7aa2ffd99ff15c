import { expect, test } from "bun:test";
import { type Duration, type Instant, later, type UserId } from "../shared/mod.ts";
import {
  after,
  claims,
  completes,
  givesUp,
  lands,
  none,
  nothing,
  opens,
  refused,
  reverts,
  told,
  typesOf,
  wakes,
} from "./_steps_test.ts";
import { admin, allow, at, check, rival } from "./_world_test.ts";
import { wakeTask } from "./settling.ts";
import { leaseSeconds } from "./working.ts";

const hour = { id: "hour", title: "Wait", type: "wait", duration: "PT1H" as Duration } as const;
const final = { id: "final", title: "Wait", type: "wait", until: "final" } as const;

test("a wait begins by itself, and its end is seen when it is due", () => {
  const task = after(none, opens(hour, check));
  const due = later(at, 3600);
  expect(task).toMatchObject({ wakeAt: due, steps: [{ status: "waiting", dueAt: due }, {}] });
  expect(wakes(later(due, -1))(task)).toEqual(nothing);
  expect(completes("hour")(after(task, claims()))).toEqual(refused("step-not-executable"));
  const woken = after(task, wakes(due));
  expect(woken.steps[0]?.status).toBe("done");
  expect(woken.wakeAt).toBeUndefined();
  expect(wakes(due)(woken)).toEqual(nothing);
});

test("waits follow one another, and the last one ends the task", () => {
  const second = { ...hour, id: "second" };
  const task = after(none, opens(hour, final, second));
  const first = later(at, 3600);
  expect(typesOf(wakes(first)(task))).toEqual(["StepPassed", "StepPassed", "StepWaiting"]);
  const woken = after(task, wakes(first));
  expect(woken.wakeAt).toBe(later(first, 3600));
  expect(typesOf(wakes(later(first, 3600))(woken))).toEqual(["StepPassed", "TaskCompleted"]);
});

test("a wait for finality is over at once: steps are done when their transactions are final", () => {
  const task = after(none, opens(allow, final, check), claims(), completes("allow"));
  expect(typesOf(lands("do-allow-1")(task))).toEqual(["StepSucceeded", "StepPassed"]);
  expect(typesOf(opens(final, { ...final, id: "more" })(none))).toEqual([
    "TaskOpened",
    "StepPassed",
    "StepPassed",
    "TaskCompleted",
  ]);
});

test("a lease that has run out lets the task go, for anyone to claim", () => {
  const task = after(none, opens(check), claims());
  const expiry = later(at, leaseSeconds);
  expect(wakes(later(expiry, -1))(task)).toEqual(nothing);
  const woken = wakeTask(task, { ...told, by: "lucent" as UserId, at: expiry });
  expect(woken).toEqual({ ok: true, events: [{ type: "TaskReleased", by: admin, reason: "lease-expired" }] });
  const free = after(task, wakes(expiry));
  expect(free.assignee).toBeUndefined();
  expect(free.wakeAt).toBeUndefined();
  expect(claims(rival, expiry)(free).ok).toBe(true);
});

test("a lease and a wait wake the task at the first of them", () => {
  const short = { ...hour, duration: "PT1M" as Duration };
  const task = after(none, opens(short, check), claims());
  expect(task.wakeAt).toBe(later(at, 60));
  expect(after(task, wakes(later(at, 60))).wakeAt).toBe(later(at, leaseSeconds));
  expect(typesOf(wakes(later(at, leaseSeconds))(task))).toEqual(["StepPassed", "TaskReleased"]);
});

test("a lease that runs out during a wait leaves the wait as it is", () => {
  const task = after(none, opens(hour, check), claims());
  const expiry = later(at, leaseSeconds);
  expect(typesOf(wakes(expiry)(task))).toEqual(["TaskReleased"]);
  expect(after(task, wakes(expiry)).wakeAt).toBe(later(at, 3600));
});

test("nothing wakes a task that is over or being undone", () => {
  const late = "2030-01-01T00:00:00.000Z" as Instant;
  const started = after(none, opens(allow, check), claims(), completes("allow"), lands("do-allow-1"));
  const undoing = after(started, givesUp("check"));
  expect(undoing.wakeAt).toBeUndefined();
  for (const task of [none, undoing, after(undoing, reverts("undo-allow-1")), after(none, opens(check))]) {
    expect(wakes(late)(task)).toEqual(nothing);
  }
});
