import type { Instant } from "../shared/mod.ts";
import type { KnownIncident } from "./incident.ts";
import type { KnownOrder } from "./order.ts";
import { everything, type KnownTask, type StepState } from "./task.ts";

/** What users see of an order. */
export type OrderView = Omit<KnownOrder, "effects"> & {
  readonly id: string;
  readonly effects: KnownOrder["effects"] & object;
};

export function orderView(id: string, { effects = [], ...order }: KnownOrder): OrderView {
  return { id, ...order, effects };
}

/** What the team sees of a step. */
export type StepView = {
  readonly id: string;
  readonly title: string;
  readonly type: StepState["type"];
  readonly status: StepState["status"];
  readonly attempt: number;
  readonly approvedBy: readonly string[];
  readonly instructions?: string;
  readonly evidence?: object;
  readonly approvals?: number;
  readonly permission?: string;
  readonly transfer?: string;
  readonly reason?: string;
  readonly dueAt?: Instant;
};

/** What the team sees of a task. */
export type TaskView = {
  readonly id: string;
  readonly status: KnownTask["status"];
  readonly title: string;
  readonly group: string;
  readonly priority: KnownTask["priority"];
  readonly openedAt: Instant;
  readonly dueAt?: Instant;
  readonly overdue: boolean;
  readonly assignee?: string;
  readonly claimedUntil?: Instant;
  readonly order?: string;
  readonly user?: string;
  readonly play?: string;
  readonly amount?: string;
  readonly reason?: string;
  readonly incident?: string;
  readonly steps: readonly StepView[];
  readonly comments: KnownTask["comments"];
};

export function taskView(id: string, task: KnownTask, now: Instant): TaskView {
  const { status, title, group, priority, openedAt, dueAt, assignee, lease, order, reason, incident, steps, comments } =
    task;
  return {
    ...{ id, status, title, group, priority, openedAt, overdue: isOverdue(task, now) },
    ...(dueAt !== undefined && { dueAt }),
    ...(assignee !== undefined && { assignee }),
    ...(lease && { claimedUntil: lease.until }),
    ...(order && { order: order.id, user: order.user, play: order.play }),
    ...(order && { amount: order.amount === everything ? "all" : order.amount }),
    ...(reason !== undefined && { reason }),
    ...(incident !== undefined && { incident }),
    ...{ steps: steps.map(stepView), comments },
  };
}

export function isOverdue({ status, dueAt }: KnownTask, now: Instant): boolean {
  return status === "open" && dueAt !== undefined && dueAt < now;
}

function stepView(step: StepState): StepView {
  const { id, title, type, status, attempt, approvedBy, transfer, reason, dueAt } = step;
  return {
    ...{ id, title, type, status, attempt, approvedBy },
    ...(step.type === "manual" && { instructions: step.instructions, evidence: step.evidence }),
    ...(step.type === "approval" && { approvals: step.approvals, permission: step.permission }),
    ...(transfer !== undefined && { transfer }),
    ...(reason !== undefined && { reason }),
    ...(dueAt !== undefined && { dueAt }),
  };
}

export type IncidentView = KnownIncident & { readonly id: string };

export function incidentView(id: string, incident: KnownIncident): IncidentView {
  return { id, ...incident };
}
