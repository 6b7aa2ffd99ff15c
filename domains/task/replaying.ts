import type { AggregateKind } from "../../ports/mod.ts";
import type { UserId } from "../shared/mod.ts";
import type { NetEffect } from "./effects.ts";
import { type KnownTask, priorities, type StepState, type Task, type TaskEvent } from "./task.ts";

const mostComments = 20;

/** Replays a recorded fact. */
export function evolve(task: Task, event: TaskEvent): Task {
  if (event.type === "TaskOpened") return opened(event);
  if (task.status === "none") return task;
  return withWake(changed(task, event));
}

function opened({
  type: _,
  at,
  user: _u,
  play: _p,
  steps,
  ...rest
}: Extract<TaskEvent, { type: "TaskOpened" }>): KnownTask {
  const { order, priority, dueAt } = rest;
  return {
    ...rest,
    status: "open",
    ...(order && { orderId: order.id }),
    openedAt: at,
    byDue: `${dueAt ?? "9999"} ${at}`,
    byPriority: `${priorities.indexOf(priority)} ${at}`,
    executors: [],
    steps: steps.map((step) => ({ ...step, status: "pending", attempt: 1, approvedBy: [] })),
    comments: [],
  };
}

function changed(task: KnownTask, event: Exclude<TaskEvent, { type: "TaskOpened" }>): KnownTask {
  const step = (id: string, change: Partial<StepState>, more: Partial<KnownTask> = {}): KnownTask => ({
    ...task,
    ...more,
    steps: task.steps.map((each) => (each.id === id ? ({ ...each, ...change } as StepState) : each)),
  });
  switch (event.type) {
    case "TaskClaimed":
      return { ...task, assignee: event.by, lease: { by: event.by, until: event.until } };
    case "TaskReleased": {
      const { lease: _, assignee: _a, ...free } = task;
      return free;
    }
    case "TaskAssigned": {
      const { lease: _, ...free } = task;
      return { ...free, assignee: event.to };
    }
    case "TaskCommented": {
      const { by, text, at } = event;
      return { ...task, comments: [...task.comments, { by, text, at }].slice(-mostComments) };
    }
    case "StepCompleted":
      return step(event.step, { status: "done" }, { executors: among(task.executors, event.by) });
    case "StepApproved":
      return approved(task, event, step);
    case "StepRejected":
      return task;
    case "StepWaiting":
      return step(event.step, { status: "waiting", dueAt: event.dueAt });
    case "StepPassed":
      return step(event.step, { status: "done" });
    case "TransferAsked": {
      const { compensation, transfer, by } = event;
      const executors = compensation ? task.executors : among(task.executors, by);
      return step(event.step, { status: compensation ? "undoing" : "in_flight", transfer }, { executors });
    }
    case "StepSucceeded":
      return step(event.step, { status: "done", effects: event.effects });
    case "StepFailed":
      return step(event.step, { status: "failed", reason: event.reason });
    case "StepRetried": {
      const attempt = (task.steps.find(({ id }) => id === event.step)?.attempt ?? 0) + 1;
      return step(event.step, { status: "pending", attempt });
    }
    case "TaskCompensating":
      return { ...task, status: "compensating", reason: event.reason };
    case "StepCompensated":
      return undone(task, event, step);
    case "TaskCompleted":
      return ended(task, { status: "completed" });
    case "TaskCompensated":
      return ended(task, { status: "compensated" });
    case "TaskCancelled":
      return ended(task, { status: "cancelled", reason: event.reason });
    case "TaskStuck":
      return ended(task, { status: "stuck", incident: event.incident, reason: event.reason });
    case "TaskNoted":
      return task;
  }
}

type ChangeStep = (id: string, change: Partial<StepState>) => KnownTask;

function approved(
  task: KnownTask,
  { step: id, by }: { readonly step: string; readonly by: UserId },
  step: ChangeStep,
): KnownTask {
  const current = task.steps.find((each) => each.id === id);
  const approvedBy = among(current?.approvedBy ?? [], by);
  const wanted = current?.type === "approval" ? current.approvals : 1;
  return step(id, { approvedBy, ...(approvedBy.length >= wanted && { status: "done" as const }) });
}

/** A step that is undone has the effects of both ways. */
function undone(
  task: KnownTask,
  { step: id, effects }: { readonly step: string; readonly effects: readonly NetEffect[] },
  step: ChangeStep,
): KnownTask {
  const before = task.steps.find((each) => each.id === id)?.effects ?? [];
  return step(id, { status: "undone", effects: [...before, ...effects] });
}

function ended(task: KnownTask, change: Partial<KnownTask>): KnownTask {
  const { lease: _, ...rest } = task;
  return { ...rest, ...change };
}

function among(users: readonly UserId[], user: UserId): readonly UserId[] {
  return users.includes(user) ? users : [...users, user];
}

function withWake({ wakeAt: _, ...task }: KnownTask): KnownTask {
  const waits = task.steps.flatMap(({ status, dueAt }) => (status === "waiting" && dueAt ? [dueAt] : []));
  const [soonest] = [...waits, ...(task.lease ? [task.lease.until] : [])].sort();
  return soonest === undefined || task.status !== "open" ? task : { ...task, wakeAt: soonest };
}

export const taskKind: AggregateKind<Task, TaskEvent> = {
  name: "task",
  initial: { status: "none" },
  evolve,
  upcasters: [],
  indexes: [
    ["wakeAt"],
    ["orderId"],
    ["status", "byDue"],
    ["status", "byPriority"],
    ["assignee", "byDue"],
    ["assignee", "byPriority"],
  ],
};
