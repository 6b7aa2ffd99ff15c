import type { DeriveId } from "../../ports/mod.ts";
import type { Instant } from "../shared/mod.ts";
import type { Terms } from "./offer.ts";
import type { Action } from "./order.ts";
import type { Naming } from "./settling.ts";
import type { OpenTask, OrderScope } from "./task.ts";

/** The task that carries an order out. */
export function taskIdOf(order: string, deriveId: DeriveId): string {
  return deriveId("task", order);
}

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
