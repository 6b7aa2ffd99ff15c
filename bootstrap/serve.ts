import type { AnyElysia } from "elysia";
import {
  type Answer,
  auditRoutes,
  type Checks,
  createGuards,
  createServer,
  documentationRoutes,
  type GuardDependencies,
  healthRoutes,
  incidentRoutes,
  networkRoutes,
  notificationRoutes,
  operationsRoutes,
  orderRoutes,
  playRoutes,
  portfolioRoutes,
  portfoliosRoutes,
  priceRoutes,
  realtimeRoutes,
  sessionRoutes,
  taskRoutes,
  transferRoutes,
  userRoutes,
  walletRoutes,
} from "../adapters/http/mod.ts";
import type { Metrics } from "../adapters/prometheus/mod.ts";
import type { AuditService } from "../domains/notification/mod.ts";
import type { Log } from "../ports/mod.ts";
import type { Config } from "./config.ts";
import type { Services } from "./platform.ts";

type Serving = {
  readonly config: Pick<Config, "host" | "port" | "publicUrl" | "origins">;
  readonly services: Services;
  readonly audit: AuditService;
  readonly guarding: GuardDependencies;
  readonly checks: Checks;
  readonly metrics: Metrics;
  readonly log: Log;
};

/** How long requests under way may take to end once the platform stops. */
const drain = 5_000;

/** Serves every route of the platform until disposed: then it takes no more, and lets what is under way end. */
export function serve({ config, services, audit, guarding, checks, metrics, log }: Serving) {
  const { host: hostname, port, publicUrl, origins } = config;
  const { user, play, wallet, task, portfolio, notification } = services;
  const guards = createGuards(guarding);
  const parked = Object.fromEntries(Object.entries(services).map(([name, service]) => [name, service.parked]));
  const answered = (answer: Answer) => {
    metrics.answered(answer);
    log("Answered", answer);
  };
  let documented: AnyElysia;
  const app = createServer({ log, origins, answered })
    .use(sessionRoutes(user.service, guards))
    .use(userRoutes(user.service, guards))
    .use(walletRoutes(wallet.wallets, guards))
    .use(transferRoutes(wallet.transfers, guards))
    .use(networkRoutes(wallet.assets, guards))
    .use(playRoutes(play.service, guards))
    .use(orderRoutes(task.service.orders, guards))
    .use(taskRoutes(task.service.tasks, guards))
    .use(incidentRoutes(task.service.tasks, guards))
    .use(portfolioRoutes(portfolio.service, guards))
    .use(portfoliosRoutes(portfolio.service, guards))
    .use(priceRoutes(portfolio.service, guards))
    .use(notificationRoutes(notification.service, guards))
    .use(realtimeRoutes({ tickets: notification.tickets, feeds: notification.feeds, publicUrl }, guards))
    .use(auditRoutes(audit, guards))
    .use(operationsRoutes(parked, guards))
    .use(healthRoutes(checks, metrics))
    .use(documentationRoutes(() => documented, publicUrl));
  documented = app as AnyElysia;
  app.listen({ hostname, port, idleTimeout: 30, maxRequestBodySize: 2 * 1024 * 1024 });
  const { server } = app;
  return {
    url: `http://${hostname}:${server?.port}`,
    app: documented,
    async [Symbol.asyncDispose]() {
      await Promise.race([app.stop(), Bun.sleep(drain)]);
      await server?.stop(true);
    },
  };
}
