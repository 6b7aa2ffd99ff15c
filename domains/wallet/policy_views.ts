/**
 * What people see of policies.
 *
 * @module
 */
import type { Instant, UserId } from "../shared/mod.ts";
import type { KnownProposal } from "./policy.ts";
import type { Policy } from "./policy_rules.ts";
import { explainPolicy } from "./policy_words.ts";

export type PolicyVersionView = {
  readonly id: string;
  readonly status: "proposed" | "in_force" | "superseded" | "rejected";
  /** Given when it came into force. */
  readonly version?: number;
  readonly title: string;
  readonly rules: Policy["rules"];
  /** The rules in words. */
  readonly words: string[];
  readonly digest: string;
  /** The version that it was written on. */
  readonly base?: number;
  readonly proposedBy?: UserId;
  readonly proposedAt?: Instant;
  readonly decidedBy?: UserId;
};

export function policyView(id: string, proposal: KnownProposal, inForce: number): PolicyVersionView {
  const { policy, digest, base, by, at } = proposal;
  return {
    ...{ id, ...standing(proposal, inForce), title: policy.title, rules: policy.rules, digest },
    words: [...explainPolicy(policy)],
    ...{ base, proposedBy: by, proposedAt: at },
    ...(proposal.status === "approved" && { decidedBy: proposal.approvedBy }),
    ...(proposal.status === "rejected" && { decidedBy: proposal.rejectedBy }),
  };
}

export function builtInView(policy: Policy, digest: string, inForce: number): PolicyVersionView {
  const status = inForce === 1 ? "in_force" : "superseded";
  const { title, rules } = policy;
  return { id: "built-in", status, version: 1, title, rules, digest, words: [...explainPolicy(policy)] };
}

function standing(proposal: KnownProposal, inForce: number): Pick<PolicyVersionView, "status" | "version"> {
  if (proposal.status !== "approved") return { status: proposal.status };
  const { version } = proposal;
  return { status: version === inForce ? "in_force" : "superseded", version };
}
