import {
  type AggregateStore,
  type Cause,
  type Clock,
  type Digest,
  type NewId,
  type ProvenDecision,
  type SchemaFault,
  transact,
  transactTogether,
  type VerifyProof,
} from "../../ports/mod.ts";
import { refuse } from "../shared/mod.ts";
import {
  approvePolicy,
  inForceId,
  type JudgePolicyRefusal,
  type PolicyEvent,
  type PolicyInForce,
  type PolicyInForceEvent,
  type Proposal,
  proposePolicy,
  rejectPolicy,
} from "./policy.ts";
import { policyFaults } from "./policy_checks.ts";
import { builtInPolicy, type Policy } from "./policy_rules.ts";
import { tryPolicy } from "./policy_trial.ts";
import { builtInView, type PolicyVersionView, policyView } from "./policy_views.ts";
import type { Spelling } from "./spelling.ts";
import type { Transfer, TransferEvent } from "./transfer.ts";

export type PolicyService = ReturnType<typeof createPolicyService>;
export type ProposePolicyRefusal = "policy-faulty";
export type DecidePolicyRefusal = JudgePolicyRefusal | "proof-invalid";

type Dependencies = {
  readonly policies: AggregateStore<Proposal, PolicyEvent>;
  readonly policyInForce: AggregateStore<PolicyInForce, PolicyInForceEvent>;
  readonly transfers: AggregateStore<Transfer, TransferEvent>;
  readonly spelling: Spelling;
  readonly verifyProof: VerifyProof;
  readonly digest: Digest;
  readonly clock: Clock;
  readonly newId: NewId;
};

type Listing = { readonly after?: string | undefined; readonly limit: number };
type Faulty = { readonly ok: false; readonly refusal: ProposePolicyRefusal; readonly faults: readonly SchemaFault[] };

/** The commands and questions about policies. */
export function createPolicyService(dependencies: Dependencies) {
  const { policies, policyInForce, transfers, spelling, verifyProof, digest, clock, newId } = dependencies;

  const current = async () => (await policyInForce.load(inForceId)).state;

  function faulty(policy: Policy): Faulty | undefined {
    const faults = policyFaults(policy, spelling);
    return faults.length > 0 ? { ok: false, refusal: "policy-faulty", faults } : undefined;
  }

  return {
    /** Proposes a policy: it changes nothing until another person approves its digest. */
    async propose(policy: Policy, cause: Cause) {
      const faults = faulty(policy);
      if (faults) return faults;
      const { version } = await current();
      const command = { policy, digest: digest(policy), base: version, by: cause.actor, at: clock() };
      const id = newId();
      const { state } = await transact(policies, id, cause, (proposal) => proposePolicy(proposal, command));
      if (state.status === "absent") throw new Error(`Cannot read policy "${id}" after it was proposed`);
      return { ok: true, view: policyView(id, state, version) } as const;
    },

    /** Approves or rejects a proposal. What is approved is in force in the same commit. */
    async decide(id: string, { decision, proof, comment, digest }: ProvenDecision, cause: Cause) {
      if (!(await verifyProof(proof))) return refuse("proof-invalid");
      const at = clock();
      const command = { digest, proof, by: cause.actor, at, ...(comment !== undefined && { comment }) };
      const targets = { proposal: { store: policies, id }, inForce: { store: policyInForce, id: inForceId } };
      const outcome = await transactTogether(targets, cause, ({ proposal: { state }, inForce }) => {
        if (decision === "reject") {
          const rejected = rejectPolicy(state, command);
          return rejected.ok ? { ok: true, events: { proposal: rejected.events } } : rejected;
        }
        const approved = approvePolicy(state, inForce.state.version, command);
        if (!approved.ok || state.status === "absent") return approved.ok ? refuse("policy-not-found") : approved;
        const version = inForce.state.version + 1;
        const activated = { type: "PolicyActivated", proposal: id, version, policy: state.policy, at } as const;
        return { ok: true, events: { proposal: approved.events, inForce: [activated] } };
      });
      if (!outcome.ok) return outcome;
      const { state } = outcome.proposal;
      if (state.status === "absent") return refuse("policy-not-found");
      return { ok: true, view: policyView(id, state, outcome.inForce.state.version) } as const;
    },

    async get(id: string) {
      const [{ state }, { version }] = await Promise.all([policies.load(id), current()]);
      if (state.status === "absent") return refuse("policy-not-found");
      return { ok: true, view: policyView(id, state, version) } as const;
    },

    /** Newest first; the built-in one is the last. */
    async list({ after, limit }: Listing) {
      const where = { status: ["proposed", "approved", "rejected"], at: {} };
      const page = await policies.find({ where, order: "descending", limit, ...(after && { after }) });
      const { version } = await current();
      const items: PolicyVersionView[] = page.items.flatMap(({ id, state }) =>
        state.status === "absent" ? [] : [policyView(id, state, version)],
      );
      if (page.next !== undefined) return { items, next: page.next };
      return { items: [...items, builtInView(builtInPolicy, digest(builtInPolicy), version)] };
    },

    /** Judges the newest recorded transfers by a policy as if it had been in force. Records nothing. */
    async trial(policy: Policy, newest: number) {
      const faults = faulty(policy);
      if (faults) return faults;
      return { ok: true, view: await tryPolicy(policy, transfers, newest) } as const;
    },
  };
}
