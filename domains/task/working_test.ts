import { expect, test } from "bun:test";
import { type Instant, later } from "../shared/mod.ts";
import {
  after,
  approves,
  claims,
  completes,
  fails,
  givesUp,
  lands,
  none,
  nothing,
  opens,
  refused,
  retries,
  reverts,
  scope,
  told,
  typesOf,
} from "./_steps_test.ts";
import { admin, allow, approver, at, check, deposit, release, rival } from "./_world_test.ts";
import {
  assignTask,
  cancelTask,
  claimTask,
  commentTask,
  completeStep,
  failStep,
  leaseSeconds,
  releaseTask,
  retryStep,
} from "./working.ts";

const open = after(none, opens(check, release, allow, deposit));
const claimed = after(open, claims());
const ended = after(none, opens(check), claims(), completes("check"));
const expiry = later(at, leaseSeconds);
const before = later(expiry, -1);
const because = { reason: "lunch" };

test("openTask() opens once", () => {
  expect(open).toMatchObject({ status: "open", title: "Enter", orderId: "o1", openedAt: at, executors: [] });
  expect(open.steps.map(({ id, status, attempt }) => [id, status, attempt])).toEqual([
    ["check", "pending", 1],
    ["release", "pending", 1],
    ["allow", "pending", 1],
    ["deposit", "pending", 1],
  ]);
  expect(opens(check)(open)).toEqual(nothing);
});

test("a claim is a lease: who comes second waits until it has run out", () => {
  expect(claimed).toMatchObject({ assignee: admin, lease: { by: admin, until: expiry }, wakeAt: expiry });
  expect(claims(rival)(claimed)).toEqual(refused("task-claimed"));
  expect(claims(rival, before)(claimed)).toEqual(refused("task-claimed"));
  const taken = after(claimed, claims(rival, expiry));
  expect(taken).toMatchObject({ assignee: rival, lease: { by: rival, until: later(expiry, leaseSeconds) } });
  expect(claims(admin, expiry)(taken)).toEqual(refused("task-claimed"));
});

test("claiming again records nothing at once, and renews the lease later", () => {
  expect(claims()(claimed)).toEqual(nothing);
  expect(claims(admin, later(at, 59))(claimed)).toEqual(nothing);
  const renewed = after(claimed, claims(admin, later(at, 60)));
  expect(renewed.lease?.until).toBe(later(at, 60 + leaseSeconds));
});

test("an open task is claimed, and no other", () => {
  expect(claims()(none)).toEqual(refused("task-not-found"));
  expect(claims()(ended)).toEqual(refused("task-ended"));
});

test("a holder lets go, and nobody else does it for them", () => {
  expect(releaseTask(claimed, { by: rival, at, ...because })).toEqual(refused("task-not-yours"));
  expect(releaseTask(claimed, { by: admin, at: expiry, ...because })).toEqual(refused("task-not-yours"));
  const free = after(claimed, (task) => releaseTask(task, { by: admin, at, ...because }));
  expect(free).toEqual(open);
  expect(releaseTask(free, { by: admin, at, ...because })).toEqual(nothing);
  expect(claims(rival)(free).ok).toBe(true);
  expect(releaseTask(none, { by: admin, at, ...because })).toEqual(refused("task-not-found"));
});

test("a task that is assigned is for its assignee to claim, and taken from its holder", () => {
  const assigned = after(claimed, (task) => assignTask(task, { to: rival, by: approver }));
  expect(assigned).toMatchObject({ assignee: rival });
  expect(assigned.lease).toBeUndefined();
  expect(assigned.wakeAt).toBeUndefined();
  expect(claims(admin)(assigned)).toEqual(refused("task-claimed"));
  expect(completes("check")(assigned)).toEqual(refused("task-not-yours"));
  expect(completes("check", rival)(assigned)).toEqual(refused("task-not-yours"));
  expect(claims(rival)(assigned).ok).toBe(true);
  expect(assignTask(assigned, { to: rival, by: approver })).toEqual(nothing);
  expect(assignTask(claimed, { to: admin, by: approver })).toEqual(nothing);
  expect(assignTask(ended, { to: rival, by: approver })).toEqual(refused("task-ended"));
  expect(assignTask(none, { to: rival, by: approver })).toEqual(refused("task-not-found"));
});

test("comments stay, the newest twenty, on ended tasks too", () => {
  const says = (text: string) => (task: typeof ended | typeof none) => commentTask(task, { by: admin, at, text });
  const texts = Array.from({ length: 25 }, (_, index) => `${index}`);
  const { comments } = after(ended, ...texts.map(says));
  expect(comments.map(({ text }) => text)).toEqual(texts.slice(5));
  expect(says("x")(none)).toEqual(refused("task-not-found"));
});

test("steps are carried out by the holder, in their order", () => {
  expect(completes("check")(none)).toEqual(refused("task-not-found"));
  expect(completes("check")(open)).toEqual(refused("task-not-yours"));
  expect(completes("check", rival)(claimed)).toEqual(refused("task-not-yours"));
  expect(completes("check", admin, expiry)(claimed)).toEqual(refused("task-not-yours"));
  expect(completes("nothing")(claimed)).toEqual(refused("step-not-found"));
  for (const step of ["release", "allow", "deposit"]) {
    expect(completes(step)(claimed)).toEqual(refused("step-not-current"));
  }
  const checked = after(claimed, completes("check"));
  expect(checked).toMatchObject({ executors: [admin], steps: [{ status: "done" }, {}, {}, {}] });
  expect(completes("release")(checked)).toEqual(refused("step-not-executable"));
  expect(completes("allow")(checked)).toEqual(refused("step-not-current"));
  const released = after(checked, approves("release"), completes("allow"));
  expect(released.steps[2]).toMatchObject({ status: "in_flight", transfer: "do-allow-1" });
  expect(completes("deposit")(released)).toEqual(refused("step-not-current"));
});

test("a manual step keeps its evidence in the journal", () => {
  const done = completeStep(claimed, { ...told, step: "check", evidence: { seen: true } });
  expect(done).toEqual({
    ok: true,
    events: [{ type: "StepCompleted", step: "check", by: admin, evidence: { seen: true } }],
  });
});

test("a transaction is asked for with all that the wallet needs, once", () => {
  const task = after(none, opens(allow, deposit), claims());
  const started = completes("allow")(task);
  const intent = allow.type === "transaction" && allow.intent;
  expect(started).toEqual({
    ok: true,
    events: [
      {
        ...{ type: "TransferAsked", step: "allow", attempt: 1, transfer: "do-allow-1", compensation: false, by: admin },
        ...{ order: "o1", user: "u1", wallet: "w1", play: "p1", version: 1, digest: "d1", network: "eip155:31337" },
        ...{
          intent,
          scope: { order: { amount: "100" }, parameters: { note: "mine" }, position: scope.position, steps: {} },
        },
      },
    ],
  } as never);
});

test("completing again changes nothing, whatever became of the task since", () => {
  const started = after(none, opens(allow, check), claims(), completes("allow"));
  expect(completes("allow")(started)).toEqual(nothing);
  const landed = after(started, lands("do-allow-1"), completes("check"));
  expect(landed.status).toBe("completed");
  for (const step of ["allow", "check"]) {
    expect(completes(step)(landed)).toEqual(nothing);
    expect(completes(step, rival)(landed)).toEqual(refused("task-ended"));
  }
  const undone = after(started, lands("do-allow-1"), givesUp("check"), lands("undo-allow-1"));
  expect(undone.status).toBe("compensated");
  expect(completes("allow")(undone)).toEqual(nothing);
  expect(completes("check")(undone)).toEqual(refused("task-ended"));
});

test("activity keeps the lease, once half of it has gone by", () => {
  const steps = [check, { ...check, id: "again" }, { ...check, id: "more" }];
  const task = after(none, opens(...steps), claims());
  const early = later(at, leaseSeconds / 2 - 1);
  expect(typesOf(completes("check", admin, early)(task))).toEqual(["StepCompleted"]);
  const late = later(at, leaseSeconds / 2 + 1);
  expect(typesOf(completes("check", admin, late)(task))).toEqual(["TaskClaimed", "StepCompleted"]);
  const renewed = after(task, completes("check", admin, late));
  expect(renewed.lease?.until).toBe(later(late, leaseSeconds));
});

test("a step is given up for good by its holder, but not while a transaction of it may land", () => {
  const given = { ...told, step: "check", ...because };
  expect(failStep(open, given)).toEqual(refused("task-not-yours"));
  expect(failStep(claimed, { ...given, step: "nothing" })).toEqual(refused("step-not-found"));
  expect(failStep(claimed, { ...given, step: "release" })).toEqual(refused("step-not-current"));
  expect(typesOf(failStep(claimed, given))).toEqual(["StepFailed", "TaskCompensating", "TaskCompensated"]);
  const started = after(none, opens(allow), claims(), completes("allow"));
  expect(givesUp("allow")(started)).toEqual(refused("step-in-flight"));
});

test("giving up again changes nothing", () => {
  const undoing = after(none, opens(allow, check), claims(), completes("allow"), lands("do-allow-1"), givesUp("check"));
  expect(undoing).toMatchObject({ status: "compensating", reason: "gave up" });
  expect(givesUp("check")(undoing)).toEqual(nothing);
  expect(givesUp("check")(after(undoing, lands("undo-allow-1")))).toEqual(nothing);
  expect(givesUp("allow")(undoing)).toEqual(refused("task-ended"));
});

test("a failed step is tried again by its holder, with a transfer of its own", () => {
  const failed = after(none, opens(allow), claims(), completes("allow"), fails("do-allow-1", "fee-above-hold"));
  expect(failed).toMatchObject({ status: "open", steps: [{ status: "failed", reason: "fee-above-hold" }] });
  expect(completes("allow")(failed)).toEqual(refused("step-failed"));
  expect(retries("allow", rival)(failed)).toEqual(refused("task-not-yours"));
  const retried = after(failed, retries("allow"));
  expect(retries("allow")(retried)).toEqual(nothing);
  const again = after(retried, completes("allow"));
  expect(again.steps[0]).toMatchObject({ status: "in_flight", attempt: 2, transfer: "do-allow-2" });
  expect(retries("allow")(again)).toEqual(refused("step-not-failed"));
});

test("what has not failed is not tried again", () => {
  const retry = { by: admin, at, step: "check" };
  expect(retryStep(claimed, retry)).toEqual(refused("step-not-failed"));
  expect(retryStep(claimed, { ...retry, step: "release" })).toEqual(refused("step-not-current"));
  expect(retryStep(claimed, { ...retry, step: "nothing" })).toEqual(refused("step-not-found"));
  expect(retryStep(none, retry)).toEqual(refused("task-not-found"));
  const over = after(none, opens(allow), claims(), completes("allow"), reverts("do-allow-1"));
  expect(retries("allow")(over)).toEqual(refused("task-ended"));
});

test("a task is cancelled until a transaction has been asked for", () => {
  expect(typesOf(cancelTask(open, "order-cancelled"))).toEqual(["TaskCancelled"]);
  expect(typesOf(cancelTask(claimed, "order-cancelled"))).toEqual(["TaskCancelled"]);
  for (const task of [none, ended, after(none, opens(allow), claims(), completes("allow"))]) {
    expect(cancelTask(task, "order-cancelled")).toEqual(nothing);
  }
  const failed = after(none, opens(allow), claims(), completes("allow"), fails("do-allow-1", "fee-above-hold"));
  expect(cancelTask(failed, "order-cancelled")).toEqual(nothing);
});

test("no moment is past the lease's end and within it", () => {
  const moments = [at, before, expiry, later(expiry, 1)] as Instant[];
  const holds = moments.map((moment) => completes("check", admin, moment)(claimed).ok);
  const takes = moments.map((moment) => claimTask(claimed, { by: rival, at: moment }).ok);
  expect(holds).toEqual([true, true, false, false]);
  expect(takes).toEqual([false, false, true, true]);
});
