import { Elysia, t } from "elysia";
import type { DecidePolicyRefusal, PolicyService, ProposePolicyRefusal } from "../../domains/wallet/mod.ts";
import { policyBody, policyVersionSchema, trialSchema } from "./_policy_schemas.ts";
import { choice, oneOf, pageOf, pageQuery } from "./_schemas.ts";
import { digestSchema } from "./_wallet_schemas.ts";
import { docs } from "./docs.ts";
import type { Guards } from "./guards.ts";
import { acceptedOr, faultsOf, type Problem } from "./problems.ts";

const proposing: Record<ProposePolicyRefusal, Problem> = {
  "policy-faulty": { status: 422, title: "The policy has faults" },
};
const absent = { "policy-not-found": { status: 404, title: "No such policy" } } as const;
const deciding: Record<DecidePolicyRefusal, Problem> = {
  ...absent,
  "policy-not-proposed": { status: 409, title: "It was decided before" },
  "policy-digest-differs": { status: 409, title: "The digest is not the proposal's" },
  "policy-approver-is-author": { status: 403, title: "The author does not decide: another person must" },
  "policy-outdated": { status: 409, title: "Another version came into force since it was written" },
  "proof-invalid": { status: 403, title: "The step-up's signature does not hold" },
};

/** The rules that every transfer must pass, and how they change: by two people. */
export function policyRoutes(policies: PolicyService, guards: Guards) {
  return new Elysia({ prefix: "/v1/policies", tags: ["Policies"] })
    .use(guards)
    .get("", ({ query: { limit = 50, after } }) => policies.list({ limit, after }), {
      ...{ permission: "policy:read", query: pageQuery, response: { 200: pageOf(policyVersionSchema) } },
      detail: docs("listPolicies", "Every policy, newest first, the built-in one last"),
    })
    .get("/:id", async ({ params }) => acceptedOr(await policies.get(params.id), absent).view, {
      ...{ permission: "policy:read", params: oneOf, response: { 200: policyVersionSchema } },
      detail: docs("getPolicy", "A policy, in words too", absent),
    })
    .post(
      "",
      async ({ body, cause, set }) => {
        const outcome = await policies.propose(body, cause);
        set.status = 201;
        return acceptedOr(outcome, proposing, faultsOf(outcome)).view;
      },
      {
        ...{ permission: "policy:write", body: policyBody, response: { 201: policyVersionSchema } },
        detail: docs(
          "proposePolicy",
          "Propose a policy: it is in force once another person approves it",
          proposing,
          "What no rule allows is refused, and a rule that denies always wins. Amounts are in base units; network fees do not count.",
        ),
      },
    )
    .post(
      "/:id/approvals",
      async ({ params, body, proof, cause }) =>
        acceptedOr(await policies.decide(params.id, { ...body, proof }, cause), deciding).view,
      {
        ...{ permission: "policy:approve", stepUp: "policy.approve", params: oneOf },
        response: { 200: policyVersionSchema },
        body: t.Object({
          decision: choice("approve", "reject"),
          digest: digestSchema,
          comment: t.Optional(t.String({ maxLength: 2000 })),
        }),
        detail: docs("decidePolicy", "Approve a proposal, which puts it in force, or reject it", deciding),
      },
    )
    .post(
      "/trials",
      async ({ body: { policy, newest = 200 } }) => {
        const outcome = await policies.trial(policy, newest);
        return acceptedOr(outcome, proposing, faultsOf(outcome)).view;
      },
      {
        ...{ permission: "policy:write", response: { 200: trialSchema } },
        body: t.Object({
          policy: policyBody,
          newest: t.Optional(
            t.Integer({ minimum: 1, maximum: 1000, description: "How many transfers; 200 by default" }),
          ),
        }),
        detail: docs(
          "tryPolicy",
          "Which recorded transfers a policy would have judged otherwise; nothing is recorded",
          proposing,
        ),
      },
    );
}
