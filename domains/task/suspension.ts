/**
 * What the task domain knows of users: whether they are suspended now. Whoever is starts nothing new. A projection of the user
 * service's events.
 *
 * @module
 */
import type { AggregateKind } from "../../ports/mod.ts";
import { accept, type Decision, type Instant } from "../shared/mod.ts";

export type Suspension = { readonly status: "none" } | { readonly status: "suspended"; readonly since: Instant };

export type SuspensionEvent =
  | { readonly type: "SuspensionNoted"; readonly at: Instant }
  | { readonly type: "SuspensionLifted" };

export function noteSuspension(_suspension: Suspension, at: Instant): Decision<SuspensionEvent, never> {
  return accept<SuspensionEvent>({ type: "SuspensionNoted", at });
}

export function liftSuspension(_suspension: Suspension): Decision<SuspensionEvent, never> {
  return accept<SuspensionEvent>({ type: "SuspensionLifted" });
}

export const suspensionKind: AggregateKind<Suspension, SuspensionEvent> = {
  name: "suspension",
  initial: { status: "none" },
  evolve: (_, event) =>
    event.type === "SuspensionNoted" ? { status: "suspended", since: event.at } : { status: "none" },
  upcasters: [],
  indexes: [],
};
