import { Elysia, t } from "elysia";
import type { Instant, UserId } from "../../domains/shared/mod.ts";
import type {
  ApproveStepRefusal,
  ClaimTaskRefusal,
  CompleteStepRefusal,
  FailStepRefusal,
  HolderRefusal,
  NewTask,
  RetryStepRefusal,
  TaskCommands,
} from "../../domains/task/mod.ts";
import { plainSteps, stepId } from "./_play_schemas.ts";
import { choice, idSchema, instantSchema, oneOf, pageOf, pageQuery, reasonSchema } from "./_schemas.ts";
import { prioritySchema, taskSchema, taskStatus } from "./_task_schemas.ts";
import { docs } from "./docs.ts";
import type { Guards } from "./guards.ts";
import { acceptedOr, faultsOf, type Problem } from "./problems.ts";

const absent = { "task-not-found": { status: 404, title: "No such task" } } as const;
const ended = { ...absent, "task-ended": { status: 409, title: "The task has ended" } } as const;
const claiming: Record<ClaimTaskRefusal, Problem> = {
  ...ended,
  "task-claimed": { status: 409, title: "Someone else holds the task" },
};
const holding: Record<HolderRefusal, Problem> = {
  ...ended,
  "task-not-yours": { status: 409, title: "Claim the task first: a claim lasts a quarter of an hour" },
};
const ofStep = {
  "step-not-found": { status: 404, title: "The task has no such step" },
  "step-not-current": { status: 409, title: "Another step comes first" },
} as const;
const completing: Record<CompleteStepRefusal | "evidence-faulty", Problem> = {
  ...holding,
  ...ofStep,
  "step-not-executable": { status: 409, title: "The step is not one to complete" },
  "approver-cannot-execute": { status: 403, title: "Who approved a step of the task can't carry one out" },
  "step-failed": { status: 409, title: "The step failed: try it again, or fail it for good" },
  "evidence-faulty": { status: 422, title: "The evidence does not fit the step's schema" },
};
const approving: Record<ApproveStepRefusal | "approval-not-permitted" | "proof-invalid", Problem> = {
  ...ended,
  ...ofStep,
  "step-not-approvable": { status: 409, title: "The step is not one to approve" },
  "executor-cannot-approve": { status: 403, title: "Who carried out a step of the task can't approve one" },
  "owner-cannot-approve": { status: 403, title: "Nobody approves a step about their own money" },
  "approval-not-permitted": { status: 403, title: "You lack the permission that the step names" },
  "proof-invalid": { status: 403, title: "The step-up's signature does not hold" },
};
const failing: Record<FailStepRefusal, Problem> = {
  ...holding,
  ...ofStep,
  "step-in-flight": { status: 409, title: "A transaction of it may still land" },
};
const retrying: Record<RetryStepRefusal, Problem> = {
  ...holding,
  ...ofStep,
  "step-not-failed": { status: 409, title: "The step has not failed" },
};
const opening = { "steps-faulty": { status: 422, title: "The steps have faults" } } as const;

const answer = { params: oneOf, response: { 200: taskSchema } } as const;
const answerOfStep = { params: t.Object({ id: idSchema, step: stepId }), response: { 200: taskSchema } } as const;
const because = t.Object({ reason: reasonSchema });

const filters = t.Object({
  status: t.Optional(taskStatus),
  assignee: t.Optional(t.String({ format: "uuid" })),
  group: t.Optional(t.String({ maxLength: 60 })),
  overdue: t.Optional(choice("true", "false")),
  order: t.Optional(t.String({ format: "uuid" })),
  sort: t.Optional(choice("due", "priority")),
});

const newTask = t.Object({
  title: t.String({ minLength: 1, maxLength: 200, examples: ["Compare the books of October"] }),
  group: t.String({ pattern: "^[a-z][a-z0-9-]{0,59}$", maxLength: 60, examples: ["accounting"] }),
  priority: prioritySchema,
  dueAt: t.Optional(instantSchema),
  steps: t.Array(t.Union([...plainSteps]), { minItems: 1, maxItems: 30 }),
});

/** The schema admits what the domain takes. */
function taskOf({ dueAt, ...rest }: typeof newTask.static): NewTask {
  const due = dueAt === undefined ? {} : { dueAt: new Date(dueAt).toISOString() as Instant };
  return { ...(rest as unknown as NewTask), ...due };
}

/** Tasks: the work that orders, and people, give the team. */
export function taskRoutes(tasks: TaskCommands, guards: Guards) {
  return new Elysia({ prefix: "/v1/tasks", tags: ["Tasks"] })
    .use(guards)
    .get(
      "",
      ({ query: { limit = 50, overdue, ...rest } }) =>
        tasks.tasks({ limit, ...rest, ...(overdue !== undefined && { overdue: overdue === "true" }) }),
      {
        permission: "task:read",
        query: t.Composite([pageQuery, filters]),
        response: { 200: pageOf(taskSchema) },
        detail: docs(
          "listTasks",
          "Tasks: open ones, unless a status, an order or an assignee is asked for",
          {},
          "A page may hold fewer than `limit` while more follow.",
        ),
      },
    )
    .get("/:id", async ({ params }) => acceptedOr(await tasks.task(params.id), absent).view, {
      ...{ permission: "task:read", ...answer, detail: docs("getTask", "A task, step by step", absent) },
    })
    .post(
      "",
      async ({ body, cause, set }) => {
        const outcome = await tasks.open(taskOf(body), cause);
        set.status = 201;
        return acceptedOr(outcome, opening, faultsOf(outcome)).view;
      },
      {
        ...{ permission: "task:write", body: newTask, response: { 201: taskSchema } },
        detail: docs("openTask", "Open a task by hand: its steps move no money", opening),
      },
    )
    .post("/:id/claim", async ({ params, cause }) => acceptedOr(await tasks.claim(params.id, cause), claiming).view, {
      ...{ permission: "task:claim", ...answer },
      detail: docs("claimTask", "Hold the task for a quarter of an hour; activity renews it", claiming),
    })
    .post(
      "/:id/release",
      async ({ params, body, cause }) => acceptedOr(await tasks.release(params.id, body.reason, cause), holding).view,
      {
        ...{ permission: "task:claim", body: because, ...answer },
        detail: docs("releaseTask", "Let the task go", holding),
      },
    )
    .post(
      "/:id/assign",
      async ({ params, body, cause }) =>
        acceptedOr(await tasks.assign(params.id, body.assignee as UserId, cause), ended).view,
      {
        ...{ permission: "task:assign", body: t.Object({ assignee: idSchema }), ...answer },
        detail: docs("assignTask", "Hand the task to someone, who then claims it", ended),
      },
    )
    .post(
      "/:id/comments",
      async ({ params, body, cause }) => acceptedOr(await tasks.comment(params.id, body.text, cause), absent).view,
      {
        ...{ permission: "task:claim", ...answer },
        body: t.Object({ text: t.String({ minLength: 1, maxLength: 2000, examples: ["Waiting for the oracle"] }) }),
        detail: docs("commentTask", "Comment on a task", absent),
      },
    )
    .post(
      "/:id/steps/:step/complete",
      async ({ params, body, cause }) => {
        const outcome = await tasks.complete(params.id, params.step, body.evidence, cause);
        return acceptedOr(outcome, completing, faultsOf(outcome)).view;
      },
      {
        ...{ permission: "task:execute", ...answerOfStep },
        body: t.Object({ evidence: t.Optional(t.Any({ examples: [{ sharePrice: "1000000" }] })) }),
        detail: docs("completeStep", "Complete a manual step with evidence, or start a transaction", completing),
      },
    )
    .post(
      "/:id/steps/:step/approvals",
      async ({ params: { id, step }, body, proof, may, cause }) =>
        acceptedOr(await tasks.approve(id, { step, ...body, proof }, may, cause), approving).view,
      {
        ...{ signedIn: true, stepUp: "task.approve", ...answerOfStep },
        body: t.Object({
          decision: choice("approve", "reject"),
          comment: t.Optional(t.String({ maxLength: 2000 })),
        }),
        detail: docs(
          "approveStep",
          "Approve a step, or reject it, which ends the order",
          approving,
          "Needs the permission that the step names.",
        ),
      },
    )
    .post(
      "/:id/steps/:step/fail",
      async ({ params: { id, step }, body, cause }) =>
        acceptedOr(await tasks.fail(id, step, body.reason, cause), failing).view,
      {
        ...{ permission: "task:execute", body: because, ...answerOfStep },
        detail: docs("failStep", "Give a step up for good: what was done before is undone", failing),
      },
    )
    .post(
      "/:id/steps/:step/retry",
      async ({ params: { id, step }, cause }) => acceptedOr(await tasks.retry(id, step, cause), retrying).view,
      {
        ...{ permission: "task:execute", ...answerOfStep },
        detail: docs("retryStep", "Try a failed step again: nothing of it landed", retrying),
      },
    );
}
