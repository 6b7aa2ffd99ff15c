/**
 * What people do with a task: claim, release, assign, comment, complete, approve, fail, try again.
 *
 * @module
 */
import type { Proof } from "../../ports/mod.ts";
import { accept, type Decision, type Instant, later, refuse, type UserId } from "../shared/mod.ts";
import { askTransfer, compensating, currentStep, following, type Naming, ofOrder } from "./settling.ts";
import type { KnownTask, OpenTask, StepState, Task, TaskEvent } from "./task.ts";

type Deciding<Refusal extends string> = Decision<TaskEvent, Refusal>;
type Told = { readonly by: UserId; readonly at: Instant };

/** How long a claim holds without activity. */
export const leaseSeconds = 15 * 60;

/** Opens a task. What can begin by itself begins. */
export function openTask(task: Task, { at, order, ...rest }: OpenTask, naming: Naming): Decision<TaskEvent, never> {
  if (task.status !== "none") return accept();
  const ofAnOrder = order && { order, user: order.user, play: order.play };
  const opened: TaskEvent = { type: "TaskOpened", ...rest, ...ofAnOrder, at };
  return following(task as unknown as KnownTask, [opened], { at, by: "lucent" as UserId, naming });
}

export type ClaimTaskRefusal = "task-not-found" | "task-ended" | "task-claimed";

/** Takes the task for a while; whoever comes second waits until the lease has run out, or is given up. */
export function claimTask(task: Task, { by, at }: Told): Deciding<ClaimTaskRefusal> {
  const refusal = openRefusal(task);
  if (refusal || task.status === "none") return refuse(refusal ?? "task-not-found");
  const { lease, assignee } = task;
  const taken = lease && lease.until > at ? lease.by !== by : assignee !== undefined && !lease && assignee !== by;
  if (taken) return refuse("task-claimed");
  if (lease?.by === by && lease.until > later(at, leaseSeconds - 60)) return accept();
  return accept<TaskEvent>({ type: "TaskClaimed", by, until: later(at, leaseSeconds), ...ofOrder(task) });
}

export type HolderRefusal = "task-not-found" | "task-ended" | "task-not-yours";

export function releaseTask(
  task: Task,
  { by, at, reason }: Told & { readonly reason: string },
): Deciding<HolderRefusal> {
  if (task.status !== "none" && !task.lease && task.assignee === undefined) return accept();
  const refusal = holderRefusal(task, { by, at });
  return refusal ? refuse(refusal) : accept<TaskEvent>({ type: "TaskReleased", by, reason });
}

/** Hands the task to someone, who then claims it; whoever has it already keeps it. */
export function assignTask(
  task: Task,
  { to, by }: { to: UserId; by: UserId },
): Deciding<"task-not-found" | "task-ended"> {
  const refusal = openRefusal(task);
  if (refusal || task.status === "none") return refuse(refusal ?? "task-not-found");
  return task.assignee === to ? accept() : accept<TaskEvent>({ type: "TaskAssigned", to, by });
}

export function commentTask(
  task: Task,
  { by, at, text }: Told & { readonly text: string },
): Deciding<"task-not-found"> {
  if (task.status === "none") return refuse("task-not-found");
  return accept<TaskEvent>({ type: "TaskCommented", by, text, at });
}

export type StepRefusal = "step-not-found" | "step-not-current";
export type CompleteStepRefusal =
  | HolderRefusal
  | StepRefusal
  | "step-not-executable"
  | "approver-cannot-execute"
  | "step-failed";

export type CompleteStep = Told & { readonly step: string; readonly evidence?: unknown; readonly naming: Naming };

/** Completes a manual step, or starts a transaction: a repetition changes nothing. */
export function completeStep(task: Task, command: CompleteStep): Deciding<CompleteStepRefusal> {
  const { step: id, by, at, evidence, naming } = command;
  if (isExecuted(task, id, by)) return accept();
  const refusal = holderRefusal(task, command);
  if (refusal || task.status === "none") return refuse(refusal ?? "task-not-found");
  const step = task.steps.find((each) => each.id === id);
  if (!step) return refuse("step-not-found");
  if (step.status === "done" || step.status === "in_flight") return accept();
  if (currentStep(task)?.id !== id) return refuse("step-not-current");
  if (step.status === "failed") return refuse("step-failed");
  if (task.steps.some(({ approvedBy }) => approvedBy.includes(by))) return refuse("approver-cannot-execute");
  const told = { by, at, naming };
  if (step.type === "manual") {
    return following(task, [...renewed(task, command), { type: "StepCompleted", step: id, by, evidence }], told);
  }
  const asked = askTransfer(task, step, false, told);
  return asked ? accept<TaskEvent>(...renewed(task, command), asked) : refuse("step-not-executable");
}

/** Whether they completed or started it before, whatever became of the task since. */
function isExecuted(task: Task, step: string, by: UserId): boolean {
  if (task.status === "none" || !task.executors.includes(by)) return false;
  const status = task.steps.find(({ id }) => id === step)?.status;
  return status === "done" || status === "in_flight" || status === "undoing" || status === "undone";
}

/** Activity keeps the lease. */
function renewed({ lease, order }: KnownTask, { by, at }: Told): readonly TaskEvent[] {
  if (!lease || lease.until > later(at, leaseSeconds / 2)) return [];
  return [{ type: "TaskClaimed", by, until: later(at, leaseSeconds), ...(order && { order: order.id }) }];
}

export type ApproveStepRefusal =
  | "task-not-found"
  | "task-ended"
  | StepRefusal
  | "step-not-approvable"
  | "executor-cannot-approve"
  | "owner-cannot-approve";

export type ApproveStep = Told & {
  readonly step: string;
  readonly decision: "approve" | "reject";
  readonly comment?: string | undefined;
  readonly proof: Proof;
  readonly naming: Naming;
};

/** Four eyes: neither who executed a step nor whose money it is. A rejection ends the order. */
export function approveStep(task: Task, command: ApproveStep): Deciding<ApproveStepRefusal> {
  const { step: id, by, decision, comment, proof } = command;
  if (isJudged(task, command)) return accept();
  const refusal = openRefusal(task);
  if (refusal || task.status === "none") return refuse(refusal ?? "task-not-found");
  const step = task.steps.find((each) => each.id === id);
  if (!step) return refuse("step-not-found");
  if (step.type !== "approval") return refuse("step-not-approvable");
  if (currentStep(task)?.id !== id) return refuse("step-not-current");
  if (task.executors.includes(by)) return refuse("executor-cannot-approve");
  if (task.order?.user === by) return refuse("owner-cannot-approve");
  const judged = { step: id, by, proof, ...(comment !== undefined && { comment }) };
  if (decision === "approve") return following(task, [{ type: "StepApproved", ...judged }], command);
  const failed: TaskEvent = { type: "StepFailed", step: id, reason: "rejected", final: true };
  const outcome = compensating(task, failed, command);
  return outcome.ok ? accept<TaskEvent>({ type: "StepRejected", ...judged }, ...outcome.events) : outcome;
}

/** Whether it was judged so before, whatever became of the task since. */
function isJudged(task: Task, { step: id, by, decision }: ApproveStep): boolean {
  const step = task.status === "none" ? undefined : task.steps.find((each) => each.id === id);
  if (decision === "approve") return step?.approvedBy.includes(by) === true;
  return step?.status === "failed" && step.type === "approval";
}

export type FailStepRefusal = HolderRefusal | StepRefusal | "step-in-flight";

/** Gives a step up for good; never while a transaction of it may still land. */
export function failStep(
  task: Task,
  command: Told & { readonly step: string; readonly reason: string; readonly naming: Naming },
): Deciding<FailStepRefusal> {
  const { step, reason } = command;
  if (isGivenUp(task, step)) return accept();
  const found = currentOf(task, command);
  if (!found.ok) return found;
  if (found.step.status === "in_flight") return refuse("step-in-flight");
  return compensating(found.task, { type: "StepFailed", step, reason, final: true }, command);
}

/** Whether the task goes on without it already. */
function isGivenUp(task: Task, step: string): boolean {
  if (task.status === "none" || task.status === "open") return false;
  return task.steps.some(({ id, status }) => id === step && status === "failed");
}

export type RetryStepRefusal = HolderRefusal | StepRefusal | "step-not-failed";

/** Tries a failed step again: nothing of it landed. */
export function retryStep(task: Task, command: Told & { readonly step: string }): Deciding<RetryStepRefusal> {
  const found = currentOf(task, command);
  if (!found.ok) return found;
  if (found.step.status === "pending" && found.step.attempt > 1) return accept();
  if (found.step.status !== "failed") return refuse("step-not-failed");
  return accept<TaskEvent>({ type: "StepRetried", step: command.step, by: command.by });
}

/** Takes the task back; once a transaction has been asked for it is too late. */
export function cancelTask(task: Task, reason: string): Decision<TaskEvent, never> {
  if (task.status !== "open" || hasStarted(task)) return accept();
  return accept<TaskEvent>({ type: "TaskCancelled", ...ofOrder(task), reason });
}

/** Whether a transaction of it has been asked for. */
export function hasStarted(task: Task): boolean {
  return task.status !== "none" && task.steps.some(({ transfer }) => transfer !== undefined);
}

type Found =
  | { readonly ok: true; readonly task: KnownTask; readonly step: StepState }
  | { readonly ok: false; readonly refusal: HolderRefusal | StepRefusal };

function currentOf(task: Task, command: Told & { readonly step: string }): Found {
  const refusal = holderRefusal(task, command);
  if (refusal || task.status === "none") return { ok: false, refusal: refusal ?? "task-not-found" };
  const step = task.steps.find(({ id }) => id === command.step);
  if (!step) return { ok: false, refusal: "step-not-found" };
  return currentStep(task) === step ? { ok: true, task, step } : { ok: false, refusal: "step-not-current" };
}

function openRefusal(task: Task): "task-not-found" | "task-ended" | undefined {
  if (task.status === "none") return "task-not-found";
  return task.status === "open" ? undefined : "task-ended";
}

function holderRefusal(task: Task, { by, at }: Told): HolderRefusal | undefined {
  const refusal = openRefusal(task);
  if (refusal || task.status === "none") return refusal;
  return task.lease?.by === by && task.lease.until > at ? undefined : "task-not-yours";
}
