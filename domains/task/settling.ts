/**
 * What becomes of a task by itself: the next step begins, transfers end, what was done is undone.
 *
 * @module
 */
import {
  type Amount,
  type AssetId,
  accept,
  type Decision,
  type Instant,
  later,
  secondsOf,
  type UserId,
} from "../shared/mod.ts";
import { type NetEffect, netOf, tokensIn, withoutFee } from "./effects.ts";
import { evolve } from "./replaying.ts";
import type { KnownTask, Scope, StepState, Task, TaskEvent, TransferAsked } from "./task.ts";

/** Ids that a task gives to what it asks for; each is always the same. */
export type Naming = {
  readonly transfer: (step: string, attempt: number, compensation: boolean) => string;
  readonly incident: () => string;
};

type Told = { readonly at: Instant; readonly by: UserId; readonly naming: Naming };
type Reacting = Decision<TaskEvent, never>;

/** A transfer of ours came to an end on chain. */
export type SettledTransfer = {
  readonly transfer: string;
  readonly outcome: "success" | "reverted";
  readonly effects: readonly NetEffect[];
  readonly fee: { readonly asset: AssetId; readonly amount: Amount };
};

/** Reasons that may pass: a person may try the step again. All others would be the same the next time. */
const passing = ["fee-above-hold", "loss-above-slippage", "network-not-served", "value-unreadable"];

/** Takes what a transaction did; a reverted one undoes the steps before it. */
export function settleTransfer(task: Task, { transfer, outcome, ...settled }: SettledTransfer, told: Told): Reacting {
  const step = stepOf(task, transfer);
  if (task.status === "none" || !step) return noted(`settlement of ${transfer}`);
  const effects = withoutFee(settled);
  if (step.status === "undoing") {
    if (outcome === "reverted") return stuck("compensation-reverted", task, told);
    return following(task, [{ type: "StepCompensated", step: step.id, transfer, effects }], told);
  }
  if (outcome === "success") {
    return following(task, [{ type: "StepSucceeded", step: step.id, transfer, effects }], told);
  }
  return compensating(task, { type: "StepFailed", step: step.id, transfer, reason: "reverted", final: true }, told);
}

/** Nothing of a transfer landed, and nothing will. */
export function failTransfer(
  task: Task,
  { transfer, reason }: { transfer: string; reason: string },
  told: Told,
): Reacting {
  const step = stepOf(task, transfer);
  if (task.status === "none" || !step) return noted(`failure of ${transfer}`);
  if (step.status === "undoing") return stuck(reason, task, told);
  const final = !passing.includes(reason);
  const failed: TaskEvent = { type: "StepFailed", step: step.id, transfer, reason, final };
  return final ? compensating(task, failed, told) : accept<TaskEvent>(failed);
}

/** The step that waits for this transfer; none of a task that has ended. */
function stepOf(task: Task, transfer: string): StepState | undefined {
  if (task.status !== "open" && task.status !== "compensating") return undefined;
  const under = ({ status }: StepState) => status === "in_flight" || status === "undoing";
  return task.steps.find((step) => step.transfer === transfer && under(step));
}

/** A wait is over, or a lease has run out. */
export function wakeTask(task: Task, told: Told): Reacting {
  if (task.status !== "open" || task.wakeAt === undefined || task.wakeAt > told.at) return accept();
  const due = task.steps.filter(({ status, dueAt }) => status === "waiting" && dueAt !== undefined && dueAt <= told.at);
  const passed = due.map(({ id }): TaskEvent => ({ type: "StepPassed", step: id }));
  const { lease } = task;
  const released: TaskEvent[] =
    lease && lease.until <= told.at ? [{ type: "TaskReleased", by: lease.by, reason: "lease-expired" }] : [];
  return following(task, [...passed, ...released], told);
}

/** Records what happened, and what follows from it by itself. */
export function following(task: KnownTask, events: readonly TaskEvent[], told: Told): Reacting {
  const after = events.reduce<Task>(evolve, task);
  if (after.status === "open") return accept<TaskEvent>(...events, ...begun(after, told.at));
  if (after.status === "compensating") return accept<TaskEvent>(...events, ...undo(after, told));
  return accept<TaskEvent>(...events);
}

/** The step for good: what was done before is undone, the newest first. */
export function compensating(task: KnownTask, failed: TaskEvent, told: Told): Reacting {
  const reason = "reason" in failed ? failed.reason : "rejected";
  return following(task, [failed, { type: "TaskCompensating", ...ofOrder(task), reason }], told);
}

/** Waits begin by themselves; the last step's end is the task's. */
function begun(task: KnownTask, at: Instant): readonly TaskEvent[] {
  const next = currentStep(task);
  if (!next) return [{ type: "TaskCompleted", ...ofOrder(task), effects: netEffects(task) }];
  if (next.type !== "wait" || next.status !== "pending") return [];
  // Transfers are final when their steps are done.
  if ("until" in next) return [{ type: "StepPassed", step: next.id }, ...begun(passed(task, next.id), at)];
  return [{ type: "StepWaiting", step: next.id, dueAt: later(at, secondsOf(next.duration) ?? 0) }];
}

function passed(task: KnownTask, step: string): KnownTask {
  return evolve(task, { type: "StepPassed", step }) as KnownTask;
}

/** Undoes the newest step that is done; one that changed nothing needs no undoing. */
function undo(task: KnownTask, told: Told): readonly TaskEvent[] {
  const done = task.steps.findLast(({ type, status }) => type === "transaction" && status === "done");
  if (!done) {
    const reason = task.reason ?? "failed";
    return [{ type: "TaskCompensated", ...ofOrder(task), reason, effects: netEffects(task) }];
  }
  if (done.type !== "transaction" || !done.compensation) {
    if (netOf([done.effects ?? []]).length > 0) return stuckEvents("step-without-compensation", task, told);
    const skipped: TaskEvent = { type: "StepCompensated", step: done.id, effects: [] };
    return [skipped, ...undo(evolve(task, skipped) as KnownTask, told)];
  }
  const asked = askTransfer(task, done, true, told);
  return asked ? [asked] : stuckEvents("order-missing", task, told);
}

/** Asks the wallet for a step's transaction, or for the one that undoes it. */
export function askTransfer(
  task: KnownTask,
  step: StepState,
  compensation: boolean,
  { by, naming }: Told,
): TransferAsked | undefined {
  const { order } = task;
  const intent = step.type === "transaction" ? (compensation ? step.compensation : step.intent) : undefined;
  if (!order || !intent) return undefined;
  const { id, user, wallet, play, version, digest, network } = order;
  const transfer = naming.transfer(step.id, step.attempt, compensation);
  return {
    ...{ type: "TransferAsked", step: step.id, attempt: step.attempt, transfer, compensation, by },
    ...{ order: id, user, wallet, play, version, digest, network, intent },
    scope: scopeOf(task, order),
  };
}

function scopeOf({ steps }: KnownTask, { amount, parameters, position }: NonNullable<KnownTask["order"]>): Scope {
  const facts = steps.flatMap(({ id, effects }) =>
    effects ? [[id, { effects, tokens: tokensIn(effects) }] as const] : [],
  );
  return { order: { amount }, parameters, position, steps: Object.fromEntries(facts) };
}

/** The first step that is not done. */
export function currentStep({ steps }: KnownTask): StepState | undefined {
  return steps.find(({ status }) => status !== "done");
}

export function netEffects({ steps }: KnownTask): readonly NetEffect[] {
  return netOf(steps.map(({ effects }) => effects ?? []));
}

function stuck(reason: string, task: KnownTask, told: Told): Reacting {
  return accept<TaskEvent>(...stuckEvents(reason, task, told));
}

function stuckEvents(reason: string, task: KnownTask, { naming }: Told): readonly TaskEvent[] {
  return [{ type: "TaskStuck", ...ofOrder(task), incident: naming.incident(), reason, effects: netEffects(task) }];
}

export function ofOrder({ order }: KnownTask): { readonly order?: string } {
  return order ? { order: order.id } : {};
}

export function noted(what: string): Reacting {
  return accept<TaskEvent>({ type: "TaskNoted", what });
}
