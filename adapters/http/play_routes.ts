import { Elysia, t } from "elysia";
import {
  actions,
  draftView,
  type PlayId,
  type PlayRefusal,
  type PlayService,
  risks,
  strategies,
} from "../../domains/play/mod.ts";
import type { SchemaFault } from "../../ports/mod.ts";
import {
  cataloguePlaySchema,
  checkSchema,
  definitionOf,
  definitionSchema,
  digestSchema,
  draftSchema,
  versionSchema,
} from "./_play_schemas.ts";
import {
  assetSchema,
  choice,
  idSchema,
  ifMatch,
  networkSchema,
  oneOf,
  pageOf,
  pageQuery,
  reasonSchema,
  revisionOf,
  revisionProblems,
  tagged,
} from "./_schemas.ts";
import { docs } from "./docs.ts";
import type { Guards } from "./guards.ts";
import { acceptedOr, faultsOf, type Problem } from "./problems.ts";

const refusals: Record<PlayRefusal, Problem> = {
  "play-not-found": { status: 404, title: "No such play" },
  "play-retired": { status: 409, title: "The play is retired" },
  "play-unchanged": { status: 409, title: "The draft is what the newest version is" },
  "play-not-offered": { status: 409, title: "The draft is not offered, or changed since" },
  "play-digest-differs": { status: 409, title: "Another digest is offered" },
  "play-approver-is-author": { status: 403, title: "Who wrote on the draft or offered it can't judge it" },
  "play-not-published": { status: 409, title: "Only a published play can be paused and resumed" },
  "definition-faulty": { status: 422, title: "The definition has faults" },
  "proof-invalid": { status: 403, title: "The step-up's signature does not hold" },
  "revision-stale": revisionProblems["revision-stale"],
};

const { "play-not-found": playNotFound, "play-retired": retired, "definition-faulty": faulty } = refusals;
const absent = { "play-not-found": playNotFound } as const;
const drafting = { ...absent, "play-retired": retired, "definition-faulty": faulty };
const noVersion = { "version-not-found": { status: 404, title: "No such version" } } as const satisfies Record<
  string,
  Problem
>;
const changing = { ...absent, "play-retired": retired, "play-not-published": refusals["play-not-published"] };
const offering = { ...absent, "play-retired": retired, "play-unchanged": refusals["play-unchanged"] };
const judging = {
  ...absent,
  "play-not-offered": refusals["play-not-offered"],
  "play-digest-differs": refusals["play-digest-differs"],
  "play-approver-is-author": refusals["play-approver-is-author"],
  "proof-invalid": refusals["proof-invalid"],
};

type Set = { headers: Record<string, string | number> };
type Accepted = Extract<Awaited<ReturnType<PlayService["draft"]>>, { ok: true }>;
type Refused = { readonly ok: false; readonly refusal: PlayRefusal; readonly faults?: readonly SchemaFault[] };

/** The draft as a command left it; what refused it says so, with the faults by JSON pointer where there are some. */
function left(outcome: Accepted | Refused, set: Set) {
  const { id, revision, state } = acceptedOr(outcome, refusals, faultsOf(outcome));
  return tagged(set, revision, draftView(id, state));
}

const answer = { response: { 200: draftSchema } };
const because = {
  permission: "play:publish",
  params: oneOf,
  body: t.Object({ reason: reasonSchema }),
  ...answer,
} as const;
const oneVersion = t.Object({ id: idSchema, version: t.Integer({ minimum: 1, maximum: 1_000_000 }) });

const filters = t.Object({
  strategy: t.Optional(choice(...strategies)),
  network: t.Optional(networkSchema),
  asset: t.Optional(assetSchema),
  risk: t.Optional(choice(...risks)),
  open: t.Optional(choice("true", "false")),
  sort: t.Optional(choice("newest", "title")),
});

/** The catalogue, and the way of a play into it. */
export function playRoutes(plays: PlayService, guards: Guards) {
  return new Elysia({ prefix: "/v1/plays", tags: ["Plays"] })
    .use(guards)
    .get(
      "",
      ({ query: { limit = 50, open, ...rest } }) => {
        const filter = { limit, ...rest, ...(open !== undefined && { open: open === "true" }) };
        return plays.catalogue(filter);
      },
      {
        query: t.Composite([pageQuery, filters]),
        response: { 200: pageOf(cataloguePlaySchema) },
        detail: docs("listPlays", "The plays on offer", {}, "A page may hold fewer than `limit` while more follow."),
      },
    )
    .get("/:id", async ({ params }) => acceptedOr(await plays.one(params.id), absent).view, {
      params: oneOf,
      response: { 200: cataloguePlaySchema },
      detail: docs("getPlay", "A published play", absent),
    })
    .get(
      "/:id/versions",
      async ({ params, query: { limit = 50, after } }) => {
        const { items, next } = acceptedOr(await plays.versionsOf(params.id, { limit, after }), absent);
        return { items, ...(next !== undefined && { next }) };
      },
      {
        ...{ params: oneOf, query: pageQuery, response: { 200: pageOf(versionSchema) } },
        detail: docs("listPlayVersions", "Its published versions, newest first", absent),
      },
    )
    .get(
      "/:id/versions/:version",
      async ({ params }) => acceptedOr(await plays.version(params.id, params.version), noVersion).view,
      {
        ...{ params: oneVersion, response: { 200: versionSchema } },
        detail: docs("getPlayVersion", "A published version, whole: it never changes", noVersion),
      },
    )
    .post(
      "",
      async ({ body, cause, set }) => {
        const view = left(await plays.draft(definitionOf(body), cause), set);
        set.status = 201;
        return view;
      },
      {
        ...{ permission: "play:draft", body: definitionSchema, response: { 201: draftSchema } },
        detail: docs("draftPlay", "Draft a play", drafting),
      },
    )
    .get(
      "/:id/draft",
      async ({ params, set }) => {
        const { revision, view } = acceptedOr(await plays.draftOf(params.id), absent);
        return tagged(set, revision, view);
      },
      { permission: "play:draft", params: oneOf, ...answer, detail: docs("getDraft", "The draft", absent) },
    )
    .put(
      "/:id/draft",
      async ({ params, headers, body, cause, set }) => {
        const revision = revisionOf(headers);
        return left(await plays.revise(params.id as PlayId, revision, definitionOf(body), cause), set);
      },
      {
        ...{ permission: "play:draft", params: oneOf, headers: ifMatch, body: definitionSchema, ...answer },
        detail: docs("revisePlay", "Replace the draft", { ...drafting, ...revisionProblems }),
      },
    )
    .post(
      "/:id/publish",
      async ({ params, proof, cause, set }) => left(await plays.offer(params.id as PlayId, proof, cause), set),
      {
        ...{ permission: "play:publish", stepUp: "play.publish", params: oneOf, ...answer },
        detail: docs("offerPlay", "Ask for the draft to be published: a second person approves its digest", offering),
      },
    )
    .post(
      "/:id/approvals",
      async ({ params, body, proof, cause, set }) =>
        left(await plays.judge(params.id as PlayId, { ...body, proof }, cause), set),
      {
        ...{ permission: "play:approve", stepUp: "play.approve", params: oneOf, ...answer },
        body: t.Object({
          decision: choice("approve", "reject"),
          digest: digestSchema,
          comment: t.Optional(t.String({ maxLength: 2000 })),
        }),
        detail: docs("judgePlay", "Approve the offered digest, which publishes it, or reject it", judging),
      },
    )
    .post(
      "/:id/pause",
      async ({ params, body, cause, set }) => left(await plays.pause(params.id as PlayId, body.reason, cause), set),
      {
        ...because,
        detail: docs("pausePlay", "Take no more orders for now", changing),
      },
    )
    .post(
      "/:id/resume",
      async ({ params, body, cause, set }) => left(await plays.resume(params.id as PlayId, body.reason, cause), set),
      {
        ...because,
        detail: docs("resumePlay", "Take orders again", changing),
      },
    )
    .post(
      "/:id/retire",
      async ({ params, body, cause, set }) => left(await plays.retire(params.id as PlayId, body.reason, cause), set),
      {
        ...because,
        detail: docs("retirePlay", "Take no more orders, ever; positions can still be left", changing),
      },
    )
    .post("/:id/checks", async ({ params, body }) => acceptedOr(await plays.check(params.id, body), absent).planned, {
      ...{ signedIn: true, params: oneOf, response: { 200: checkSchema } },
      body: t.Object({
        action: choice(...actions),
        amount: t.String({ maxLength: 78, examples: ["1000000"], description: "Base units, or `all` to exit whole" }),
        parameters: t.Record(t.String({ maxLength: 100 }), t.Any(), { examples: [{}] }),
      }),
      detail: docs("checkOrder", "What an order would meet: faults, fees, the steps to come", absent),
    });
}
