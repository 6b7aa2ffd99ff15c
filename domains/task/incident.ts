/**
 * An incident: what no rule can settle, until a person has.
 *
 * @module
 */
import type { AggregateKind, Proof } from "../../ports/mod.ts";
import { accept, type Decision, type Instant, refuse, type UserId } from "../shared/mod.ts";

export type OpenedIncident = {
  readonly order?: string;
  readonly task?: string;
  readonly user?: UserId;
  readonly reason: string;
  readonly detail: string;
};

export type KnownIncident = OpenedIncident & {
  readonly status: "open" | "resolved";
  readonly openedAt: Instant;
  readonly resolution?: string;
  readonly resolvedBy?: UserId;
};

export type Incident = { readonly status: "none" } | KnownIncident;

export type IncidentEvent =
  | ({ readonly type: "IncidentOpened"; readonly at: Instant } & OpenedIncident)
  | {
      readonly type: "IncidentResolved";
      readonly order?: string;
      readonly by: UserId;
      readonly proof: Proof;
      readonly resolution: string;
      readonly at: Instant;
    };

/** Tells a person of something. What comes once more, after all, is theirs once more. */
export function openIncident(_incident: Incident, opened: OpenedIncident, at: Instant): Decision<IncidentEvent, never> {
  return accept<IncidentEvent>({ type: "IncidentOpened", ...opened, at });
}

type ResolveIncident = {
  readonly by: UserId;
  readonly proof: Proof;
  readonly resolution: string;
  readonly at: Instant;
};

/** A person has settled it; the order it belongs to ends. */
export function resolveIncident(
  incident: Incident,
  command: ResolveIncident,
): Decision<IncidentEvent, "incident-not-found" | "incident-resolved"> {
  if (incident.status === "none") return refuse("incident-not-found");
  if (incident.status === "resolved") {
    return incident.resolution === command.resolution ? accept() : refuse("incident-resolved");
  }
  const { order } = incident;
  return accept<IncidentEvent>({ type: "IncidentResolved", ...(order !== undefined && { order }), ...command });
}

export function evolveIncident(incident: Incident, event: IncidentEvent): Incident {
  if (event.type === "IncidentOpened") {
    const { type: _, at, ...opened } = event;
    return { ...opened, status: "open", openedAt: at };
  }
  if (incident.status === "none") return incident;
  return { ...incident, status: "resolved", resolution: event.resolution, resolvedBy: event.by };
}

export const incidentKind: AggregateKind<Incident, IncidentEvent> = {
  name: "incident",
  initial: { status: "none" },
  evolve: evolveIncident,
  upcasters: [],
  indexes: [["openedAt"], ["status", "openedAt"]],
};
