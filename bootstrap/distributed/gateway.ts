import { createGateway, mergeOpenApi } from "../../adapters/gateway/mod.ts";
import {
  answerHeaders,
  createClientAddress,
  createServer,
  documentationRoutes,
  healthRoutes,
} from "../../adapters/http/mod.ts";
import { createLog } from "../../adapters/pino/mod.ts";
import { createMetrics } from "../../adapters/prometheus/mod.ts";
import { ServiceUnreachable } from "../../ports/mod.ts";
import { describeBus } from "../bus_document.ts";
import type { Config, Distribution } from "../config.ts";
import { type ServiceName, serviceNames } from "../service_names.ts";
import { joinNats, joinQuestions } from "./joining.ts";
import { createReplicas, type FoundReplica } from "./replicas.ts";
import { readSecrets } from "./secrets.ts";

type GatewayConfig = Pick<Config, "host" | "port" | "publicUrl" | "origins" | "trustedProxies" | "logLevel"> & {
  readonly distribution: Distribution;
};

/** One origin for all services, which it finds by discovery; serving once it resolves, until disposed. */
export async function startGateway(config: GatewayConfig) {
  const { host, port, publicUrl, origins, trustedProxies, logLevel, distribution } = config;
  await using running = new AsyncDisposableStack();
  const log = createLog({ level: logLevel, service: "gateway" });
  const secrets = await readSecrets(distribution, "nats-password");
  const connection = running.use(await joinNats(distribution, secrets["nats-password"], log));
  const questions = running.use(joinQuestions(distribution, connection, log));
  const replicas = createReplicas();
  const metrics = createMetrics();
  const checks = serviceNames.map((service) => [service, async () => living(service)] as const);
  const documents = Object.fromEntries(serviceNames.map((service) => [service, () => documentOf(service)]));
  const own = createServer({ log, origins, answered: metrics.answered })
    .use(healthRoutes(Object.fromEntries(checks), metrics))
    .use(documentationRoutes({ openApi, asyncApi: describeBus(publicUrl), publicUrl, services: { documents } }));
  const gateway = running.use(
    createGateway({
      ...{ host, port, log },
      discover: async () => replicas((await Promise.all(serviceNames.map(find))).flat()),
      own: (request) => own.handle(request),
      headersOf: (request) => answerHeaders(request, origins),
      clientOf: createClientAddress(trustedProxies),
    }),
  );

  async function find(service: ServiceName): Promise<readonly FoundReplica[]> {
    return (await questions.discover(service)).map(({ id, metadata }) => ({ service, id, metadata }));
  }

  async function openApi(): Promise<object> {
    return mergeOpenApi(await gateway.documents());
  }

  async function documentOf(service: string): Promise<object> {
    const document = (await gateway.documents())[service];
    if (!document) throw new ServiceUnreachable(`No ${service} has told its routes yet`);
    return document;
  }

  function living(service: string): void {
    if (!gateway.replicas().some((replica) => replica.service === service)) throw new Error(`No ${service} answers`);
  }

  const end = running.move();
  return { url: gateway.url, [Symbol.asyncDispose]: () => end.disposeAsync() };
}
