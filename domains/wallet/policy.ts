/**
 * A policy on its way: proposed by one, and in force once another has approved the very digest. A version never changes.
 *
 * @module
 */
import type { AggregateKind, Proof } from "../../ports/mod.ts";
import { accept, type Decision, type Instant, refuse, type UserId } from "../shared/mod.ts";
import { builtInPolicy, type Policy } from "./policy_rules.ts";

type Proposed = {
  readonly policy: Policy;
  readonly digest: string;
  /** The version in force when it was written: what came into force since then, its author has not seen. */
  readonly base: number;
  readonly by: UserId;
  readonly at: Instant;
};
type Judged = {
  readonly digest: string;
  readonly by: UserId;
  readonly proof: Proof;
  readonly at: Instant;
  readonly comment?: string;
};

export type KnownProposal =
  | (Proposed & { readonly status: "proposed" })
  | (Proposed & { readonly status: "approved"; readonly version: number; readonly approvedBy: UserId })
  | (Proposed & { readonly status: "rejected"; readonly rejectedBy: UserId });
export type Proposal = { readonly status: "absent" } | KnownProposal;

export type PolicyEvent =
  | ({ readonly type: "PolicyProposed" } & Proposed)
  | ({ readonly type: "PolicyApproved"; readonly version: number } & Judged)
  | ({ readonly type: "PolicyRejected" } & Judged);

export function proposePolicy(proposal: Proposal, command: Proposed): Decision<PolicyEvent, never> {
  return proposal.status === "absent" ? accept<PolicyEvent>({ type: "PolicyProposed", ...command }) : accept();
}

export type JudgePolicyRefusal =
  | "policy-not-found"
  | "policy-not-proposed"
  | "policy-digest-differs"
  | "policy-approver-is-author"
  | "policy-outdated";

/** Approves a proposal as the version after the one in force, which must still be the one that it was written on. */
export function approvePolicy(
  proposal: Proposal,
  inForce: number,
  command: Judged,
): Decision<PolicyEvent, JudgePolicyRefusal> {
  const refusal = refusalOf(proposal, command);
  if (refusal) return refuse(refusal);
  if (proposal.status === "absent" || proposal.base !== inForce) return refuse("policy-outdated");
  return accept<PolicyEvent>({ type: "PolicyApproved", version: inForce + 1, ...command });
}

export function rejectPolicy(proposal: Proposal, command: Judged): Decision<PolicyEvent, JudgePolicyRefusal> {
  const refusal = refusalOf(proposal, command);
  return refusal ? refuse(refusal) : accept<PolicyEvent>({ type: "PolicyRejected", ...command });
}

function refusalOf(proposal: Proposal, { digest, by }: Judged): JudgePolicyRefusal | undefined {
  if (proposal.status === "absent") return "policy-not-found";
  if (proposal.status !== "proposed") return "policy-not-proposed";
  if (proposal.digest !== digest) return "policy-digest-differs";
  return proposal.by === by ? "policy-approver-is-author" : undefined;
}

/** Replays a recorded fact. */
export function evolve(proposal: Proposal, event: PolicyEvent): Proposal {
  if (event.type === "PolicyProposed") {
    const { policy, digest, base, by, at } = event;
    return { status: "proposed", policy, digest, base, by, at };
  }
  if (proposal.status === "absent") return proposal;
  switch (event.type) {
    case "PolicyApproved":
      return { ...proposal, status: "approved", version: event.version, approvedBy: event.by };
    case "PolicyRejected":
      return { ...proposal, status: "rejected", rejectedBy: event.by };
  }
}

export const policyKind: AggregateKind<Proposal, PolicyEvent> = {
  name: "policy",
  initial: { status: "absent" },
  evolve,
  upcasters: [],
  indexes: [["status", "at"]],
};

/** The version that transfers are judged by. */
export type PolicyInForce = { readonly version: number; readonly policy: Policy };
export type PolicyInForceEvent = {
  readonly type: "PolicyActivated";
  readonly proposal: string;
  readonly version: number;
  readonly policy: Policy;
  readonly at: Instant;
};

/** There is one, and it has this id. Before any was approved it is the built-in one. */
export const inForceId = "platform";
export const policyInForceKind: AggregateKind<PolicyInForce, PolicyInForceEvent> = {
  name: "policy_in_force",
  initial: { version: 1, policy: builtInPolicy },
  evolve: (_before, { version, policy }) => ({ version, policy }),
  upcasters: [],
  indexes: [],
};
