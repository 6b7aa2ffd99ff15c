import { expect, test } from "bun:test";
import {
  after,
  approves,
  claims,
  completes,
  lands,
  naming,
  none,
  nothing,
  opens,
  refused,
  rejects,
  told,
  typesOf,
} from "./_steps_test.ts";
import { admin, allow, approver, at, check, investor, proof, release, rival } from "./_world_test.ts";
import { approveStep, openTask } from "./working.ts";

const waiting = after(none, opens(check, release, allow), claims(), completes("check"));

test("an approval is by someone else, and keeps their signature", () => {
  const judged = { ...told, step: "release", by: approver, decision: "approve", proof, comment: "Fine" } as const;
  expect(approveStep(waiting, judged)).toEqual({
    ok: true,
    events: [{ type: "StepApproved", step: "release", by: approver, proof, comment: "Fine" }],
  });
  expect(after(waiting, approves("release")).steps[1]).toMatchObject({ status: "done", approvedBy: [approver] });
});

test("neither who carried out a step approves, nor whose money it is", () => {
  expect(approves("release", admin)(waiting)).toEqual(refused("executor-cannot-approve"));
  expect(approves("release", investor)(waiting)).toEqual(refused("owner-cannot-approve"));
  expect(rejects("release", admin)(waiting)).toEqual(refused("executor-cannot-approve"));
  expect(rejects("release", investor)(waiting)).toEqual(refused("owner-cannot-approve"));
});

test("who started a transaction approves nothing that comes after it", () => {
  const task = after(none, opens(allow, release), claims(), completes("allow"), lands("do-allow-1"));
  expect(approves("release", admin)(task)).toEqual(refused("executor-cannot-approve"));
  expect(approves("release", rival)(task).ok).toBe(true);
});

test("who approved carries nothing out, however they came to hold the task", () => {
  const task = after(none, opens(release, check, allow), approves("release"), claims(approver));
  expect(completes("check", approver)(task)).toEqual(refused("approver-cannot-execute"));
  const later = after(none, opens(release, allow), approves("release"), claims(approver));
  expect(completes("allow", approver)(later)).toEqual(refused("approver-cannot-execute"));
});

test("as many approve as the step wants, each counts once", () => {
  const twice = { ...release, approvals: 2 } as typeof release;
  const once = after(none, opens(twice, check), approves("release"));
  expect(once.steps[0]).toMatchObject({ status: "pending", approvedBy: [approver] });
  expect(approves("release")(once)).toEqual(nothing);
  const both = after(once, approves("release", rival));
  expect(both.steps[0]).toMatchObject({ status: "done", approvedBy: [approver, rival] });
});

test("approving again changes nothing, whatever became of the task since", () => {
  const done = after(none, opens(release), approves("release"));
  expect(done.status).toBe("completed");
  expect(approves("release")(done)).toEqual(nothing);
  expect(approves("release", rival)(done)).toEqual(refused("task-ended"));
});

test("approvals are given to the step that is next, and to no other kind", () => {
  const open = after(none, opens(check, release));
  expect(approves("release")(open)).toEqual(refused("step-not-current"));
  expect(approves("check")(open)).toEqual(refused("step-not-approvable"));
  expect(approves("nothing")(open)).toEqual(refused("step-not-found"));
  expect(approves("release")(none)).toEqual(refused("task-not-found"));
});

test("a rejection ends the order: what was done before it is undone", () => {
  expect(typesOf(rejects("release")(waiting))).toEqual([
    ...["StepRejected", "StepFailed", "TaskCompensating", "TaskCompensated"],
  ]);
  const task = after(none, opens(allow, release), claims(), completes("allow"), lands("do-allow-1"));
  const undoing = after(task, rejects("release"));
  expect(undoing).toMatchObject({ status: "compensating", reason: "rejected", steps: [{ status: "undoing" }, {}] });
  // What undoes it is asked for on their word, and yet they carried nothing out.
  expect(undoing.executors).toEqual([admin]);
  expect(rejects("release")(undoing)).toEqual(nothing);
  expect(rejects("release")(after(undoing, lands("undo-allow-1")))).toEqual(nothing);
  expect(approves("release", rival)(undoing)).toEqual(refused("task-ended"));
});

test("who approved first may still stop what waits for a second approval", () => {
  const twice = { ...release, approvals: 2 } as typeof release;
  const once = after(none, opens(twice, check), approves("release"));
  expect(after(once, rejects("release")).status).toBe("compensated");
});

test("work by hand is nobody's money: anyone who did not carry it out approves", () => {
  const opening = { title: "Books", group: "accounting", priority: "low", steps: [check, release], at } as const;
  const task = after(none, (before) => openTask(before, opening, naming), claims(), completes("check"));
  expect(approves("release", admin)(task)).toEqual(refused("executor-cannot-approve"));
  expect(after(task, approves("release", investor)).status).toBe("completed");
});
