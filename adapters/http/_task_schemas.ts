import { t } from "elysia";
import { orderStatuses, priorities, taskStatuses } from "../../domains/task/mod.ts";
import { stepId } from "./_play_schemas.ts";
import {
  amountSchema,
  assetSchema,
  choice,
  deltaSchema,
  idSchema,
  instantSchema,
  listOf,
  networkSchema,
  whole,
} from "./_schemas.ts";

const effect = t.Object({ asset: assetSchema, delta: deltaSchema });
export const orderStatus = choice(...orderStatuses);
export const actionSchema = choice("enter", "adjust", "exit");
const digest = t.String({
  pattern: "^[0-9a-f]{64}$",
  examples: ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
  description: "Of the version that was ordered",
});

/** An amount, or "all". */
const orderAmount = t.Union([amountSchema, t.Literal("all")], {
  examples: ["1000000"],
  description: "In the play's asset, in base units; `all` to exit whole",
});

const parameters = t.Record(t.String({ maxLength: 100 }), t.Any(), {
  examples: [{}],
  description: "By the play's JSON Schema",
});

export const orderBody = t.Object({
  play: idSchema,
  version: whole({ minimum: 1, maximum: 1_000_000, examples: [1] }),
  wallet: idSchema,
  action: actionSchema,
  amount: orderAmount,
  parameters,
  position: t.Optional(t.String({ format: "uuid", description: "To adjust or exit: the position" })),
});

export const orderSchema = t.Object({
  id: idSchema,
  user: t.String(),
  status: orderStatus,
  play: idSchema,
  version: whole({ examples: [1] }),
  digest,
  wallet: idSchema,
  action: actionSchema,
  amount: t.String({ examples: ["1000000"] }),
  asset: assetSchema,
  network: networkSchema,
  parameters: t.Unsafe<{ readonly [name: string]: unknown }>(parameters),
  position: t.Optional(idSchema),
  placedAt: instantSchema,
  placedBy: t.String({ description: "Its user, or who placed it for them" }),
  task: t.Optional(idSchema),
  reason: t.Optional(t.String({ examples: ["capacity-exhausted"] })),
  detail: t.Optional(t.String()),
  incident: t.Optional(idSchema),
  resolution: t.Optional(t.String()),
  effects: listOf(effect, { description: "Net, without network fees; once it has ended" }),
  history: listOf(t.Object({ status: orderStatus, at: instantSchema })),
});

export const taskStatus = choice(...taskStatuses);
export const prioritySchema = choice(...priorities);
const stepType = choice("manual", "approval", "transaction", "wait");
const stepStatus = choice("pending", "waiting", "in_flight", "failed", "done", "undoing", "undone");

const step = t.Object({
  ...{ id: stepId, title: t.String(), type: stepType, status: stepStatus },
  attempt: whole({ examples: [1] }),
  approvedBy: listOf(t.String()),
  instructions: t.Optional(t.String()),
  evidence: t.Optional(t.Unsafe<object>(t.Any({ description: "JSON Schema of the evidence that it wants" }))),
  approvals: t.Optional(whole({ description: "How many it takes" })),
  permission: t.Optional(t.String({ description: "What an approver needs" })),
  transfer: t.Optional(idSchema),
  reason: t.Optional(t.String({ examples: ["reverted"] })),
  dueAt: t.Optional(instantSchema),
});

const comment = t.Object({ by: t.String(), text: t.String(), at: instantSchema });

export const taskSchema = t.Object({
  ...{ id: idSchema, status: taskStatus, title: t.String(), group: t.String(), priority: prioritySchema },
  ...{ openedAt: instantSchema, dueAt: t.Optional(instantSchema), overdue: t.Boolean() },
  assignee: t.Optional(t.String()),
  claimedUntil: t.Optional(instantSchema),
  ...{ order: t.Optional(idSchema), user: t.Optional(t.String()), play: t.Optional(idSchema) },
  amount: t.Optional(t.String({ examples: ["1000000"] })),
  reason: t.Optional(t.String()),
  incident: t.Optional(idSchema),
  steps: listOf(step),
  comments: listOf(comment),
});

export const incidentSchema = t.Object({
  ...{ id: idSchema, status: choice("open", "resolved") },
  ...{ order: t.Optional(idSchema), task: t.Optional(idSchema), user: t.Optional(t.String()) },
  reason: t.String({ examples: ["compensation-reverted"] }),
  detail: t.String(),
  openedAt: instantSchema,
  resolution: t.Optional(t.String()),
  resolvedBy: t.Optional(t.String()),
});
