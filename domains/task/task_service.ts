import {
  type AggregateStore,
  type Cause,
  type Clock,
  type DeriveId,
  type JsonSchemas,
  type Loaded,
  type NewId,
  type Page,
  type Proof,
  type SchemaFault,
  transact,
  transactTogether,
  type VerifyProof,
} from "../../ports/mod.ts";
import { type Decision, type Instant, refuse, type UserId } from "../shared/mod.ts";
import { type Incident, type IncidentEvent, resolveIncident } from "./incident.ts";
import type { StepDefinition, Terms } from "./offer.ts";
import type { Action } from "./order.ts";
import { failTransfer, type Naming, type SettledTransfer, settleTransfer, wakeTask } from "./settling.ts";
import type { KnownTask, OpenTask, OrderScope, Priority, Task, TaskEvent } from "./task.ts";
import { type IncidentView, incidentView, isOverdue, type TaskView, taskView } from "./views.ts";
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

export type TaskFilter = {
  readonly status?: KnownTask["status"] | undefined;
  readonly assignee?: string | undefined;
  readonly group?: string | undefined;
  readonly overdue?: boolean | undefined;
  readonly order?: string | undefined;
  readonly sort?: "due" | "priority" | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
};

export type NewTask = {
  readonly title: string;
  readonly group: string;
  readonly priority: Priority;
  readonly dueAt?: Instant;
  readonly steps: readonly Exclude<StepDefinition, { type: "transaction" }>[];
};

export type Judging = Pick<ApproveStep, "step" | "decision" | "comment"> & { readonly proof: Proof };

/** How many tasks one page looks through for those that pass its filters. */
const mostRead = 1_000;
const platform = "lucent" as UserId;

/** The ids that a task gives to what it asks for. */
export function namingOf(task: string, deriveId: DeriveId): Naming {
  return {
    transfer: (step, attempt, compensation) =>
      deriveId("transfer", task, step, `${attempt}`, compensation ? "compensation" : "step"),
    incident: () => deriveId("incident", task),
  };
}

/** The task of an order: its play's steps. */
export function openingOf(order: OrderScope, terms: Terms, action: Action, at: Instant): OpenTask {
  const verbs = { enter: "Enter", adjust: "Adjust", exit: "Leave" } as const;
  const title = `${verbs[action]} ${terms.title}`;
  return { order, title, group: "orders", priority: "normal", steps: terms[action] ?? [], at };
}

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

  function passes(task: KnownTask, { status, assignee, group, overdue, order }: TaskFilter): boolean {
    return (
      (status === undefined || task.status === status) &&
      (assignee === undefined || task.assignee === assignee) &&
      (group === undefined || task.group === group) &&
      (overdue === undefined || isOverdue(task, clock()) === overdue) &&
      (order === undefined || task.orderId === order)
    );
  }

  return {
    /** Opens a task by hand: its steps move no money. */
    async open({ dueAt, ...task }: NewTask, cause: Cause) {
      const faults = task.steps.flatMap((step, index) =>
        step.type === "manual"
          ? schemas
              .faultsOfSchema(step.evidence)
              .map((fault) => ({ ...fault, pointer: `/steps/${index}/evidence${fault.pointer}` }))
          : [],
      );
      const twice = task.steps.some(({ id }, index) => task.steps.findIndex((each) => each.id === id) !== index);
      if (twice) faults.push({ pointer: "/steps", detail: "Two steps have the same id" });
      if (faults.length > 0) return { ok: false, refusal: "steps-faulty", faults } as const;
      const id = newId();
      const opening = { ...task, ...(dueAt !== undefined && { dueAt }), at: clock() };
      return worked(work(id, cause, (state, { naming }) => openTask(state, opening, naming)));
    },

    async task(id: string) {
      const { state } = await tasks.load(id);
      if (state.status === "none") return refuse("task-not-found");
      return { ok: true, view: taskView(id, state, clock()) } as const;
    },

    /**
     * Tasks that pass every filter: open ones, unless a status, an order or an assignee is asked for. One page looks through
     * a stretch of them, and may hold fewer than `limit` while more follow.
     */
    async tasks(filter: TaskFilter): Promise<Page<TaskView>> {
      const { after, limit } = filter;
      const where = whereOf(filter);
      const items: TaskView[] = [];
      let next = after;
      let read = 0;
      do {
        const page = await tasks.find({
          where,
          limit: limit - items.length,
          ...(next !== undefined && { after: next }),
        });
        const known = page.items.filter((each): each is Loaded<KnownTask> => each.state.status !== "none");
        const passing = known.filter(({ state }) => passes(state, filter));
        items.push(...passing.map(({ id, state }) => taskView(id, state, clock())));
        next = page.next;
        read += page.items.length;
      } while (items.length < limit && next !== undefined && read < mostRead);
      return { items, ...(next !== undefined && { next }) };
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
      let after: string | undefined;
      do {
        const page = await tasks.find({ where, limit: 100, ...(after !== undefined && { after }) });
        for (const { id } of page.items) await work(id, cause, wakeTask).catch((fault) => faults.push(fault));
        after = page.next;
      } while (after !== undefined);
      if (faults.length > 0) throw new AggregateError(faults, `Cannot wake ${faults.length} tasks`);
    },

    async incidents({
      status,
      after,
      limit,
    }: {
      status?: "open" | "resolved" | undefined;
      after?: string | undefined;
      limit: number;
    }): Promise<Page<IncidentView>> {
      const where: Record<string, string> = status === undefined ? {} : { status };
      const page = await incidents.find({ where, order: "descending", limit, ...(after !== undefined && { after }) });
      const items = page.items.flatMap(({ id, state }) => (state.status === "none" ? [] : [incidentView(id, state)]));
      return { items, ...(page.next !== undefined && { next: page.next }) };
    },

    async resolveIncident(id: string, resolution: string, proof: Proof, cause: Cause) {
      if (!(await verifyProof(proof))) return refuse("proof-invalid");
      const command = { by: cause.actor, proof, resolution, at: clock() };
      const outcome = await transact(incidents, id, cause, (incident) => resolveIncident(incident, command));
      if (!outcome.ok) return outcome;
      return outcome.state.status === "none"
        ? refuse("incident-not-found")
        : ({ ok: true, view: incidentView(id, outcome.state) } as const);
    },
  };

  async function evidenceFaults(id: string, wanted: string, evidence: unknown): Promise<readonly SchemaFault[]> {
    const { state } = await tasks.load(id);
    const step = state.status === "none" ? undefined : state.steps.find((each) => each.id === wanted);
    if (step?.type !== "manual" || step.status === "done") return [];
    return schemas.faultsOf(step.evidence, evidence);
  }
}

function whereOf({ order, assignee, status = "open", sort }: TaskFilter) {
  if (order !== undefined) return { orderId: order };
  const sorted = sort === "priority" ? { byPriority: {} } : { byDue: {} };
  return assignee === undefined ? { status, ...sorted } : { assignee, ...sorted };
}

function incidentOf(id: string, task: Task, event: TaskEvent, at: Instant): readonly IncidentEvent[] {
  if (event.type !== "TaskStuck" || task.status === "none") return [];
  const { order } = task;
  const about = { task: id, ...(order && { order: order.id, user: order.user }) };
  return [{ type: "IncidentOpened", ...about, reason: event.reason, detail: `${task.title}: ${event.reason}`, at }];
}
