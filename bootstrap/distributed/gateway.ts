import { createGateway, mergeOpenApi, type OpenApiDocument } from "../../adapters/gateway/mod.ts";
import { createServer, documentationRoutes, healthRoutes } from "../../adapters/http/mod.ts";
import { createLog } from "../../adapters/pino/mod.ts";
import { createMetrics } from "../../adapters/prometheus/mod.ts";
import { describeBus } from "../bus_document.ts";
import type { Config, Distribution } from "../config.ts";
import { serviceNames } from "../services.ts";
import { joinNats, joinQuestions } from "./joining.ts";
import { createReplicas } from "./replicas.ts";
import { readSecrets } from "./secrets.ts";

type GatewayConfig = Pick<Config, "host" | "port" | "publicUrl" | "origins" | "logLevel"> & {
  readonly distribution: Distribution;
};

/** One origin for all services, which it finds by discovery; serving once it resolves, until disposed. */
export async function startGateway({ host, port, publicUrl, origins, logLevel, distribution }: GatewayConfig) {
  await using running = new AsyncDisposableStack();
  const log = createLog({ level: logLevel, service: "gateway" });
  const secrets = await readSecrets(distribution, "nats-password");
  const connection = running.use(await joinNats(distribution, secrets["nats-password"], log));
  const questions = running.use(joinQuestions(distribution, connection, log));
  const documents = Object.fromEntries(
    serviceNames.map((service) => [service, () => questions.ask(`${service}.openapi`, {}) as Promise<OpenApiDocument>]),
  );

  async function openApi(): Promise<object> {
    const asked = Object.entries(documents).map(async ([service, ask]) => [service, await ask()] as const);
    return mergeOpenApi(Object.fromEntries(await Promise.all(asked)));
  }

  const replicas = createReplicas();
  const metrics = createMetrics();
  const checks = serviceNames.map((service) => [service, async () => living(service)] as const);
  const own = createServer({ log, origins, answered: metrics.answered })
    .use(healthRoutes(Object.fromEntries(checks), metrics))
    .use(documentationRoutes({ openApi, asyncApi: describeBus(publicUrl), publicUrl, services: { documents } }));
  const gateway = running.use(
    createGateway({
      ...{ host, port, log },
      discover: async () => replicas(await questions.discover()),
      own: (request) => own.handle(request),
    }),
  );

  function living(service: string): void {
    if (!gateway.replicas().some((replica) => replica.service === service)) throw new Error(`No ${service} answers`);
  }

  const end = running.move();
  return { url: gateway.url, [Symbol.asyncDispose]: () => end.disposeAsync() };
}
