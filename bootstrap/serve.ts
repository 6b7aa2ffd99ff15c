import type { AnyElysia } from "elysia";
import {
  type Answer,
  type Checks,
  createServer,
  type Documentation,
  documentationRoutes,
  type Guards,
  healthRoutes,
  openApiOf,
  type RateLimiter,
} from "../adapters/http/mod.ts";
import type { Metrics } from "../adapters/prometheus/mod.ts";
import type { Log } from "../ports/mod.ts";
import { describeBus } from "./bus_document.ts";
import { type Config, originOf } from "./config.ts";
import type { ServiceName } from "./service_names.ts";

/** The routes of one service. */
export type Routes = (guards: Guards) => readonly AnyElysia[];

type Serving = {
  readonly config: Pick<Config, "host" | "port" | "publicUrl" | "origins">;
  /** The service that the process is; undefined where it is all. */
  readonly service?: ServiceName;
  readonly routes: readonly AnyElysia[];
  readonly checks: Checks;
  /** The OpenAPI documents of all services, where each has a process. */
  readonly services?: (own: () => Promise<object>) => Documentation["services"];
  readonly metrics: Metrics;
  readonly limiter: RateLimiter | undefined;
  readonly log: Log;
};

/** How long requests under way may take to end once the process stops: longer than the vault and the database are waited for. */
const drain = 15_000;

/** Serves routes, and what every process has, until disposed: then it takes no more, and lets what is under way end. */
export function serve({ config, service, routes, checks, services, metrics, limiter, log }: Serving) {
  const { host: hostname, port, publicUrl, origins } = config;
  const answered = (answer: Answer) => {
    metrics.answered(answer);
    log("Answered", answer);
  };
  const app: AnyElysia = createServer({ log, origins, answered, limiter });
  let document: Promise<object> | undefined;
  const openApi = () => {
    document ??= openApiOf(app, publicUrl);
    return document;
  };
  const asyncApi = describeBus(publicUrl, service);
  const documentation = documentationRoutes({ openApi, asyncApi, publicUrl, services: services?.(openApi) });
  for (const each of [...routes, healthRoutes(checks, metrics), documentation]) app.use(each);
  app.listen({ hostname, port, idleTimeout: 30, maxRequestBodySize: 2 * 1024 * 1024 });
  const { server } = app;
  return {
    url: originOf(hostname, server?.port),
    app,
    openApi,
    async [Symbol.asyncDispose]() {
      await Promise.race([app.stop(), Bun.sleep(drain)]);
      await server?.stop(true);
    },
  };
}
