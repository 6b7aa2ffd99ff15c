import { Elysia, t } from "elysia";
import { within } from "../../ports/adapting.ts";
import { docs } from "./docs.ts";
import type { Checks } from "./operations_routes.ts";

type Metrics = { readonly contentType: string; text(): Promise<string> };

const readiness = t.Object({
  ready: t.Boolean(),
  dependencies: t.Record(t.String(), t.UnionEnum(["up", "down"]), {
    examples: [{ "user store": "up", "eip155:31337": "up" }],
  }),
});

const patience = 2_000;

/** Whether the process lives, whether it can serve, and its metrics. */
export function healthRoutes(checks: Checks, metrics: Metrics) {
  return new Elysia({ tags: ["Health"] })
    .get("/health/live", () => ({ live: true }), {
      response: { 200: t.Object({ live: t.Boolean() }) },
      detail: docs("live", "Whether the process answers"),
    })
    .get(
      "/health/ready",
      async ({ set }) => {
        const asked = Object.entries(checks).map(async ([name, check]) => [name, await stateOf(check)] as const);
        const dependencies = Object.fromEntries(await Promise.all(asked));
        const ready = Object.values(dependencies).every((state) => state === "up");
        set.status = ready ? 200 : 503;
        return { ready, dependencies };
      },
      { response: { 200: readiness, 503: readiness }, detail: docs("ready", "Whether each dependency answers") },
    )
    .get(
      "/metrics",
      async () => new Response(await metrics.text(), { headers: { "content-type": metrics.contentType } }),
      {
        detail: { ...docs("metrics", "Metrics in the text form of Prometheus"), hide: true },
      },
    );
}

async function stateOf(check: () => Promise<unknown>): Promise<"up" | "down"> {
  try {
    await within(patience, check(), () => new Error("No answer"));
    return "up";
  } catch {
    return "down";
  }
}
