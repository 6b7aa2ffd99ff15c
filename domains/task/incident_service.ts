import {
  type AggregateStore,
  type Cause,
  type Clock,
  type DeriveId,
  type Page,
  type Proof,
  present,
  transact,
  type VerifyProof,
} from "../../ports/mod.ts";
import { type Amount, type AssetId, refuse, type UserId } from "../shared/mod.ts";
import { type Incident, type IncidentEvent, openIncident, resolveIncident } from "./incident.ts";
import { type IncidentView, incidentView } from "./views.ts";

type Dependencies = {
  readonly incidents: AggregateStore<Incident, IncidentEvent>;
  readonly verifyProof: VerifyProof;
  readonly clock: Clock;
  readonly deriveId: DeriveId;
};

/** What others may still take from a user's account, though the order that allowed it is over. */
export type AllowancesLeft = {
  readonly order: string;
  readonly user: UserId;
  readonly allowances: readonly { readonly asset: AssetId; readonly spender: string; readonly amount: Amount }[];
};

type Listing = {
  readonly status?: "open" | "resolved" | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
};

/** The commands and questions about incidents. */
export function createIncidentService({ incidents, verifyProof, clock, deriveId }: Dependencies) {
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

    /** An allowance is left after its order: a person sees to it. The order itself is over and stays so. */
    openAllowancesLeft({ order, user, allowances }: AllowancesLeft, cause: Cause) {
      const left = allowances.map(({ asset, spender, amount }) => `${amount} of ${asset} for ${spender}`);
      const opened = { order, user, reason: "allowance-left", detail: left.join("; ") };
      const id = deriveId("incident", order, "allowance-left");
      return transact(incidents, id, cause, (incident) => openIncident(incident, opened, clock()));
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
