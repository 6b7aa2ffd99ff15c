import { Elysia, t } from "elysia";
import { idSchema, instantSchema, pageOf, pageQuery } from "./_schemas.ts";
import { docs } from "./docs.ts";
import type { Guards } from "./guards.ts";
import { type Problem, ProblemError } from "./problems.ts";

type Parked = {
  readonly id: string;
  readonly consumer: string;
  readonly reason: string;
  readonly retryable: boolean;
  readonly event: {
    readonly id: string;
    readonly kind: string;
    readonly at: string;
    readonly event: { readonly type: string };
  };
};

/** What one service shows of the events it could not react to. */
export type Operations = {
  list(query: {
    readonly after?: string;
    readonly limit: number;
  }): Promise<{ readonly items: readonly Parked[]; readonly next?: string }>;
  replay(id: string): Promise<keyof typeof outcomes | "done">;
  dismiss(id: string): Promise<keyof typeof outcomes | "done">;
};

/** A dependency's check: rejects where it does not answer. */
export type Checks = Readonly<Record<string, () => Promise<unknown>>>;

const outcomes = {
  absent: { status: 404, title: "No such parked event" },
  "behind-another": { status: 409, title: "An earlier event of the same aggregate is parked: settle that one first" },
  "failed-again": { status: 409, title: "The reaction failed again; the log says why" },
} as const satisfies Record<string, Problem>;

const noService = { "no-such-service": { status: 404, title: "No such service" } } as const;

const parkedView = t.Object({
  id: idSchema,
  consumer: t.String({ examples: ["task"] }),
  event: t.String({ examples: ["order/019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c55/1"] }),
  kind: t.String({ examples: ["order"] }),
  type: t.String({ examples: ["OrderPlaced"] }),
  at: instantSchema,
  reason: t.String({ examples: ["An earlier event of the same aggregate is parked"] }),
  retryable: t.Boolean({ description: "Whether it is tried again by itself" }),
});

const service = t.Object({ service: t.String({ maxLength: 40, examples: ["task"] }) });
const one = t.Composite([service, t.Object({ id: idSchema })]);

/** Parked events: shown, replayed, dismissed. */
export function operationsRoutes(services: Readonly<Record<string, Operations>>, guards: Guards) {
  function named(name: string): Operations {
    const found = Object.hasOwn(services, name) ? services[name] : undefined;
    if (!found) throw new ProblemError("no-such-service", noService["no-such-service"]);
    return found;
  }

  async function settled(
    outcome: Promise<keyof typeof outcomes | "done">,
    set: { status?: number | string },
  ): Promise<undefined> {
    const told = await outcome;
    if (told !== "done") throw new ProblemError(told, outcomes[told]);
    set.status = 204;
  }

  return new Elysia({ prefix: "/v1/operations/:service/parked-events", tags: ["Operations"] })
    .use(guards)
    .get(
      "",
      async ({ params, query: { after, limit = 50 } }) => {
        const { items, ...next } = await named(params.service).list({ limit, ...(after !== undefined && { after }) });
        const views = items.map(({ event, ...rest }) => ({
          ...{ id: rest.id, consumer: rest.consumer, reason: rest.reason, retryable: rest.retryable },
          ...{ event: event.id, kind: event.kind, type: event.event.type, at: event.at },
        }));
        return { items: views, ...next };
      },
      {
        permission: "operations:write",
        params: service,
        query: pageQuery,
        response: { 200: pageOf(parkedView) },
        detail: docs("listParkedEvents", "Events that a service could not react to", noService),
      },
    )
    .post("/:id/replay", ({ params, set }) => settled(named(params.service).replay(params.id), set), {
      permission: "operations:write",
      params: one,
      response: { 204: t.Undefined() },
      detail: docs("replayParkedEvent", "React to a parked event now", { ...noService, ...outcomes }),
    })
    .delete("/:id", ({ params, set }) => settled(named(params.service).dismiss(params.id), set), {
      permission: "operations:write",
      params: one,
      response: { 204: t.Undefined() },
      detail: docs("dismissParkedEvent", "Give a parked event up: the reaction never happens", {
        ...noService,
        ...outcomes,
      }),
    });
}
