import { Elysia, t } from "elysia";
import type { TaskCommands } from "../../domains/task/mod.ts";
import { choice, oneOf, pageOf, pageQuery } from "./_schemas.ts";
import { incidentSchema } from "./_task_schemas.ts";
import { docs } from "./docs.ts";
import type { Guards } from "./guards.ts";
import { acceptedOr, type Problem } from "./problems.ts";

const refusals = {
  "incident-not-found": { status: 404, title: "No such incident" },
  "incident-resolved": { status: 409, title: "It was resolved in other words" },
  "proof-invalid": { status: 403, title: "The step-up's signature does not hold" },
} as const satisfies Record<string, Problem>;

/** Incidents: what no rule can settle. */
export function incidentRoutes(tasks: TaskCommands, guards: Guards) {
  return new Elysia({ prefix: "/v1/incidents", tags: ["Incidents"] })
    .use(guards)
    .get("", ({ query: { limit = 50, ...rest } }) => tasks.incidents({ limit, ...rest }), {
      permission: "incident:read",
      query: t.Composite([pageQuery, t.Object({ status: t.Optional(choice("open", "resolved")) })]),
      response: { 200: pageOf(incidentSchema) },
      detail: docs("listIncidents", "Incidents, newest first"),
    })
    .post(
      "/:id/resolve",
      async ({ params, body, proof, cause }) =>
        acceptedOr(await tasks.resolveIncident(params.id, body.resolution, proof, cause), refusals).view,
      {
        ...{ permission: "incident:resolve", stepUp: "incident.resolve", params: oneOf },
        body: t.Object({ resolution: t.String({ minLength: 1, maxLength: 2000, examples: ["Refunded by hand"] }) }),
        response: { 200: incidentSchema },
        detail: docs("resolveIncident", "Settle an incident: the order it belongs to ends", refusals),
      },
    );
}
