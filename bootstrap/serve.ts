import type { AnyElysia } from "elysia";
import {
  type Answer,
  type Checks,
  createServer,
  documentationRoutes,
  type Guards,
  healthRoutes,
} from "../adapters/http/mod.ts";
import type { Metrics } from "../adapters/prometheus/mod.ts";
import type { Log } from "../ports/mod.ts";
import { type Config, originOf } from "./config.ts";

/** The routes of one service. */
export type Routes = (guards: Guards) => readonly AnyElysia[];

type Serving = {
  readonly config: Pick<Config, "host" | "port" | "publicUrl" | "origins">;
  readonly routes: readonly AnyElysia[];
  /** What `/asyncapi.json` answers. */
  readonly asyncApi?: () => object;
  readonly checks: Checks;
  readonly metrics: Metrics;
  readonly log: Log;
};

/** How long requests under way may take to end once the process stops. */
const drain = 5_000;

/** Serves routes, and what every process has, until disposed: then it takes no more, and lets what is under way end. */
export function serve({ config, routes, asyncApi, checks, metrics, log }: Serving) {
  const { host: hostname, port, publicUrl, origins } = config;
  const answered = (answer: Answer) => {
    metrics.answered(answer);
    log("Answered", answer);
  };
  const app: AnyElysia = createServer({ log, origins, answered });
  const documentation = documentationRoutes(() => app, publicUrl, asyncApi);
  for (const each of [...routes, healthRoutes(checks, metrics), documentation]) app.use(each);
  app.listen({ hostname, port, idleTimeout: 30, maxRequestBodySize: 2 * 1024 * 1024 });
  const { server } = app;
  return {
    url: originOf(hostname, server?.port),
    app,
    async [Symbol.asyncDispose]() {
      await Promise.race([app.stop(), Bun.sleep(drain)]);
      await server?.stop(true);
    },
  };
}
