import {
  type AggregateStore,
  allOf,
  type Cause,
  type Clock,
  type DeriveId,
  type JsonSchemas,
  type NewId,
  type Proof,
  type SchemaFault,
  transactTogether,
  type VerifyProof,
} from "../../ports/mod.ts";
import { type Decision, type Instant, lengthOf, refuse, secondsOf, type UserId } from "../shared/mod.ts";
import type { Incident, IncidentEvent } from "./incident.ts";
import { createIncidentService } from "./incident_service.ts";
import type { StepDefinition } from "./offer.ts";
import { failTransfer, type Naming, type SettledTransfer, settleTransfer, wakeTask } from "./settling.ts";
import type { KnownTask, Priority, Task, TaskEvent } from "./task.ts";
import { createTaskList } from "./task_list.ts";
import { namingOf } from "./task_naming.ts";
import { type TaskView, taskView } from "./views.ts";
import {
  type ApproveStep,
  approveStep,
  assignTask,
  claimTask,
  commentTask,
  completeStep,
  failStep,
  openTask,
  releaseTask,
  retryStep,
} from "./working.ts";

export type TaskDependencies = {
  readonly tasks: AggregateStore<Task, TaskEvent>;
  readonly incidents: AggregateStore<Incident, IncidentEvent>;
  readonly schemas: JsonSchemas;
  readonly verifyProof: VerifyProof;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly deriveId: DeriveId;
};

export type NewTask = {
  readonly title: string;
  readonly group: string;
  readonly priority: Priority;
  readonly dueAt?: Instant;
  readonly steps: readonly Exclude<StepDefinition, { type: "transaction" }>[];
};

export type Judging = Pick<ApproveStep, "step" | "decision" | "comment"> & { readonly proof: Proof };

/** Characters of what people give a task, as JSON. */
const longestEvidence = 50_000;
const longestSteps = 60_000;
const platform = "lucent" as UserId;

/** The commands and questions about tasks and incidents. */
export function createTaskCommands(dependencies: TaskDependencies) {
  const { tasks, incidents, schemas, verifyProof, clock, newId, deriveId } = dependencies;

  /** A task that gets stuck opens its incident in the same commit. */
  function work<Refusal extends string>(
    id: string,
    cause: Cause,
    decide: (task: Task, told: { by: UserId; at: Instant; naming: Naming }) => Decision<TaskEvent, Refusal>,
  ) {
    const naming = namingOf(id, deriveId);
    const targets = { task: { store: tasks, id }, incident: { store: incidents, id: naming.incident() } };
    return transactTogether(targets, cause, ({ task, incident }) => {
      const at = clock();
      const decided = decide(task.state, { by: cause.actor, at, naming });
      if (!decided.ok) return decided;
      const opened =
        incident.state.status === "none"
          ? decided.events.flatMap((event) => incidentOf(id, task.state, event, at))
          : [];
      return { ok: true, events: { task: decided.events, incident: opened } };
    });
  }

  async function worked<Refusal extends string>(
    outcome: ReturnType<typeof work<Refusal>>,
  ): Promise<{ ok: true; view: TaskView } | { ok: false; refusal: Refusal }> {
    const done = await outcome;
    if (!done.ok) return done as { ok: false; refusal: Refusal };
    return { ok: true, view: taskView(done.task.id, done.task.state as KnownTask, clock()) };
  }

  return {
    ...createTaskList(dependencies),
    ...createIncidentService(dependencies),

    /** Opens a task by hand: its steps move no money. */
    async open({ dueAt, ...task }: NewTask, cause: Cause) {
      const faults = stepFaults(task, schemas);
      if (faults.length > 0) return { ok: false, refusal: "steps-faulty", faults } as const;
      const id = newId();
      const opening = { ...task, ...(dueAt !== undefined && { dueAt }), at: clock() };
      return worked(work(id, cause, (state, { naming }) => openTask(state, opening, naming)));
    },

    claim: (id: string, cause: Cause) => worked(work(id, cause, claimTask)),
    release: (id: string, reason: string, cause: Cause) =>
      worked(work(id, cause, (task, told) => releaseTask(task, { ...told, reason }))),
    assign: (id: string, to: UserId, cause: Cause) =>
      worked(work(id, cause, (task, { by }) => assignTask(task, { to, by }))),
    comment: (id: string, text: string, cause: Cause) =>
      worked(work(id, cause, (task, told) => commentTask(task, { ...told, text }))),

    /** Completes a manual step with evidence of its schema, or starts a transaction. */
    async complete(id: string, step: string, evidence: unknown, cause: Cause) {
      const faults = await evidenceFaults(id, step, evidence);
      if (faults.length > 0) return { ok: false, refusal: "evidence-faulty", faults } as const;
      return worked(work(id, cause, (task, told) => completeStep(task, { ...told, step, evidence })));
    },

    /** `may` tells what the approver may: the step names the permission that it takes. */
    async approve(id: string, judging: Judging, may: (permission: string) => boolean, cause: Cause) {
      const { state } = await tasks.load(id);
      const step = state.status === "none" ? undefined : state.steps.find((each) => each.id === judging.step);
      if (step?.type === "approval" && !may(step.permission)) return refuse("approval-not-permitted");
      if (!(await verifyProof(judging.proof))) return refuse("proof-invalid");
      return worked(work(id, cause, (task, told) => approveStep(task, { ...told, ...judging })));
    },

    fail: (id: string, step: string, reason: string, cause: Cause) =>
      worked(work(id, cause, (task, told) => failStep(task, { ...told, step, reason }))),
    retry: (id: string, step: string, cause: Cause) =>
      worked(work(id, cause, (task, told) => retryStep(task, { ...told, step }))),

    settleTransfer: (task: string, settled: SettledTransfer, cause: Cause) =>
      work(task, cause, (state, told) => settleTransfer(state, settled, told)),
    failTransfer: (task: string, failed: { transfer: string; reason: string }, cause: Cause) =>
      work(task, cause, (state, told) => failTransfer(state, failed, told)),

    /** Wakes the tasks whose waits are over or whose leases have run out; one that fails keeps no other from it. */
    async wake(): Promise<void> {
      const cause: Cause = { actor: platform, correlation: newId() };
      const where = { wakeAt: { before: clock() } };
      const faults: unknown[] = [];
      for await (const { id } of allOf((place) => tasks.find({ where, limit: 100, ...place }))) {
        await work(id, cause, wakeTask).catch((fault) => faults.push(fault));
      }
      if (faults.length > 0) throw new AggregateError(faults, `Cannot wake ${faults.length} tasks`);
    },
  };

  async function evidenceFaults(id: string, wanted: string, evidence: unknown): Promise<readonly SchemaFault[]> {
    const { state } = await tasks.load(id);
    const step = state.status === "none" ? undefined : state.steps.find((each) => each.id === wanted);
    if (step?.type !== "manual" || step.status === "done") return [];
    if (lengthOf(evidence) > longestEvidence) {
      return [{ pointer: "", detail: "Evidence has at most 50,000 characters" }];
    }
    return schemas.faultsOf(step.evidence, evidence);
  }
}

function stepFaults({ steps }: Pick<NewTask, "steps">, schemas: JsonSchemas): readonly SchemaFault[] {
  if (lengthOf(steps) > longestSteps) return [{ pointer: "/steps", detail: "Steps have at most 60,000 characters" }];
  const faults = steps.flatMap((step, index): readonly SchemaFault[] => {
    if (step.type === "wait" && "duration" in step && secondsOf(step.duration) === undefined) {
      return [{ pointer: `/steps/${index}/duration`, detail: "Give a duration such as PT1H" }];
    }
    if (step.type !== "manual") return [];
    const told = schemas.faultsOfSchema(step.evidence);
    return told.map(({ pointer, detail }) => ({ pointer: `/steps/${index}/evidence${pointer}`, detail }));
  });
  const twice = steps.some(({ id }, index) => steps.findIndex((each) => each.id === id) !== index);
  return twice ? [...faults, { pointer: "/steps", detail: "Two steps have the same id" }] : faults;
}

function incidentOf(id: string, task: Task, event: TaskEvent, at: Instant): readonly IncidentEvent[] {
  if (event.type !== "TaskStuck" || task.status === "none") return [];
  const { order } = task;
  const about = { task: id, ...(order && { order: order.id, user: order.user }) };
  return [{ type: "IncidentOpened", ...about, reason: event.reason, detail: `${task.title}: ${event.reason}`, at }];
}
