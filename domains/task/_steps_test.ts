import { amount, type Decision } from "../shared/mod.ts";
import { admin, approver, at, effectsOf, investor, native, network, proof } from "./_world_test.ts";
import type { StepDefinition } from "./offer.ts";
import { evolve } from "./replaying.ts";
import { failTransfer, type Naming, settleTransfer, wakeTask } from "./settling.ts";
import type { KnownTask, OrderScope, Task, TaskEvent } from "./task.ts";
import { approveStep, claimTask, completeStep, failStep, openTask, retryStep } from "./working.ts";

export const naming: Naming = {
  transfer: (step, attempt, compensation) => `${compensation ? "undo" : "do"}-${step}-${attempt}`,
  incident: () => "incident",
};

export const scope: OrderScope = {
  ...{ id: "o1", user: investor, wallet: "w1", play: "p1", version: 1, digest: "d1", network },
  ...{ amount: amount("100"), parameters: { note: "mine" }, position: { assets: [], tokens: [] } },
};

export const none: Task = { status: "none" };
export const told = { at, by: admin, naming };
export const nothing = { ok: true, events: [] } as const;
export const refused = <Refusal extends string>(refusal: Refusal) => ({ ok: false, refusal }) as const;

type Deciding = Decision<TaskEvent, string>;
/** A command that waits for its task. */
export type Doing = (task: Task) => Deciding;

/** The task after some commands, none of which is refused. */
export function after(task: Task, ...doings: readonly Doing[]): KnownTask {
  return doings.reduce<Task>((before, doing) => {
    const decision = doing(before);
    if (!decision.ok) throw new Error(decision.refusal);
    return decision.events.reduce(evolve, before);
  }, task) as KnownTask;
}

export function typesOf(decision: Deciding): readonly string[] {
  if (!decision.ok) throw new Error(decision.refusal);
  return decision.events.map((event) => event.type);
}

export const opens =
  (...steps: readonly StepDefinition[]): Doing =>
  (task) =>
    openTask(task, { order: scope, title: "Enter", group: "orders", priority: "normal", steps, at }, naming);
export const claims =
  (by = admin, when = at): Doing =>
  (task) =>
    claimTask(task, { by, at: when });
export const completes =
  (step: string, by = admin, when = at): Doing =>
  (task) =>
    completeStep(task, { step, by, at: when, naming, evidence: { seen: true } });
export const approves =
  (step: string, by = approver): Doing =>
  (task) =>
    approveStep(task, { step, by, at, naming, proof, decision: "approve" });
export const rejects =
  (step: string, by = approver): Doing =>
  (task) =>
    approveStep(task, { step, by, at, naming, proof, decision: "reject", comment: "No" });
export const givesUp =
  (step: string, by = admin): Doing =>
  (task) =>
    failStep(task, { step, by, at, naming, reason: "gave up" });
export const retries =
  (step: string, by = admin): Doing =>
  (task) =>
    retryStep(task, { step, by, at });
export const wakes =
  (when = at): Doing =>
  (task) =>
    wakeTask(task, { ...told, at: when });

const gas = amount("21");

export const lands =
  (transfer: string, changes: Parameters<typeof effectsOf>[0] = {}): Doing =>
  (task) =>
    settleTransfer(task, { transfer, outcome: "success", ...withGas(changes) }, told);
export const reverts =
  (transfer: string): Doing =>
  (task) =>
    settleTransfer(task, { transfer, outcome: "reverted", ...withGas({}) }, told);
export const fails =
  (transfer: string, reason = "simulation-reverted"): Doing =>
  (task) =>
    failTransfer(task, { transfer, reason }, told);

function withGas(changes: Parameters<typeof effectsOf>[0]) {
  return { effects: effectsOf({ ...changes, [native]: `-${gas}` }), fee: { asset: native, amount: gas } };
}
