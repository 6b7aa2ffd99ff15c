import { Elysia, t } from "elysia";
import type { AuditService, AuditVerification } from "../../domains/notification/mod.ts";
import { choice, instantSchema, pageOf, pageQuery, whole } from "./_schemas.ts";
import { docs } from "./docs.ts";
import type { Guards } from "./guards.ts";
import { commonProblem } from "./problems.ts";

const eventExample = "order/019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c55/1";
const hashExample = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const count = (description: string) => whole({ minimum: 0, description });

const entry = t.Object({
  id: t.String({ examples: [eventExample], description: "<kind>/<aggregate>/<revision>" }),
  service: t.String({ examples: ["task"] }),
  kind: t.String({ examples: ["order"] }),
  aggregate: t.String({ examples: ["019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c55"] }),
  revision: whole({ minimum: 1 }),
  at: instantSchema,
  actor: t.String({ examples: ["019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c55"], description: "A user, or `lucent`" }),
  correlation: t.String({ examples: ["019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c56"] }),
  cause: t.Optional(t.String({ examples: [eventExample], description: "The event that asked for it" })),
  type: t.String({ examples: ["OrderPlaced"] }),
  data: t.Object({}, { additionalProperties: true, description: "The event", examples: [{ action: "enter" }] }),
  hash: t.String({ examples: [hashExample], description: "SHA-256 over the aggregate's entry before and this one" }),
});

const filters = t.Composite([
  pageQuery,
  t.Object({
    user: t.Optional(t.String({ maxLength: 64, description: "Who caused it" })),
    kind: t.Optional(t.String({ maxLength: 40, examples: ["order"] })),
    aggregate: t.Optional(t.String({ maxLength: 260 })),
    from: t.Optional(t.String({ format: "date-time", description: "From this moment on (RFC 3339)" })),
    before: t.Optional(t.String({ format: "date-time", description: "Before this moment (RFC 3339)" })),
  }),
]);

const offence = t.Union([
  t.Object({
    fault: choice(
      "entry-changed",
      "entry-dropped",
      "entry-reordered",
      "entry-inserted",
      "entry-misfiled",
      "tail-cut",
      "aggregate-vanished",
    ),
    event: t.String({ examples: [eventExample], description: "The id of the event whose entry is at fault" }),
  }),
  t.Object({
    fault: choice("root-missing", "root-changed", "root-unsigned"),
    root: whole({ minimum: 1, description: "The number of the root at fault" }),
  }),
]);

/** What was found of one service's journal. */
export const verifiedSchema = t.Object({
  service: t.String({ examples: ["task"] }),
  entries: count("Entries that were found right"),
  roots: count("Signed roots that were found right"),
  unwitnessed: count("Entries newer than the last root: only their chains could be checked"),
  offence: t.Optional(offence),
});

const verification = t.Object({
  holds: t.Boolean({ examples: [false], description: "Whether every journal is what it was" }),
  at: instantSchema,
  services: t.Array(verifiedSchema),
});

const explained =
  "Recomputes every hash chain, Merkle root and signature, and compares the journals with the witnessed leaves. Stops a " +
  "service's at its first offence.";

/** The journals of all services. */
export function auditRoutes(audit: AuditService, guards: Guards) {
  return new Elysia({ prefix: "/v1/audit", tags: ["Audit"] })
    .use(guards)
    .get(
      "",
      async ({ query: { limit = 50, from, before, ...rest } }) => {
        const page = await audit.list({ ...rest, limit, from: utc(from), before: utc(before) });
        return { ...page, items: [...page.items] };
      },
      {
        permission: "audit:read",
        query: filters,
        response: { 200: pageOf(entry) },
        detail: docs("listAuditEntries", "What happened, newest first"),
      },
    )
    .get(
      "/verification",
      async ({ request, server }) => {
        // A long journal takes longer than a silent connection may.
        server?.timeout(request, 0);
        return view(await audit.verify());
      },
      {
        permission: "audit:read",
        response: { 200: verification },
        detail: docs("verifyAudit", "Whether the journals hold", {}, explained),
      },
    );
}

/** As the journal writes it: any RFC 3339 moment, in UTC with milliseconds. */
function utc(moment: string | undefined): string | undefined {
  if (moment === undefined) return undefined;
  const time = new Date(moment);
  if (Number.isNaN(time.getTime())) throw commonProblem("invalid-request", { errors: [{ detail: "No such moment" }] });
  return time.toISOString();
}

function view({ holds, at, services }: AuditVerification) {
  return { holds, at, services: [...services] };
}
