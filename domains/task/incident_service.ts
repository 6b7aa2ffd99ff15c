import {
  type AggregateStore,
  type Cause,
  type Clock,
  type Page,
  type Proof,
  present,
  transact,
  type VerifyProof,
} from "../../ports/mod.ts";
import { refuse } from "../shared/mod.ts";
import { type Incident, type IncidentEvent, resolveIncident } from "./incident.ts";
import { type IncidentView, incidentView } from "./views.ts";

type Dependencies = {
  readonly incidents: AggregateStore<Incident, IncidentEvent>;
  readonly verifyProof: VerifyProof;
  readonly clock: Clock;
};

type Listing = {
  readonly status?: "open" | "resolved" | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
};

/** The commands and questions about incidents. */
export function createIncidentService({ incidents, verifyProof, clock }: Dependencies) {
  return {
    /** The newest first. */
    async incidents({ status, after, limit }: Listing): Promise<Page<IncidentView>> {
      const page = await incidents.find({
        where: { ...present({ status }), openedAt: {} },
        order: "descending",
        limit,
        ...(after !== undefined && { after }),
      });
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
}
