import { auditRoutes, createGuards, operationsRoutes } from "../../adapters/http/mod.ts";
import { createCounter } from "../../adapters/nats/mod.ts";
import { createLog } from "../../adapters/pino/mod.ts";
import { createMetrics } from "../../adapters/prometheus/mod.ts";
import { createAuditService } from "../../domains/notification/mod.ts";
import { checksOf } from "../checks.ts";
import type { Distribution } from "../config.ts";
import type { Host } from "../host.ts";
import { keepIdempotency } from "../idempotency.ts";
import { limitRates } from "../limiting.ts";
import { serve } from "../serve.ts";
import type { ServiceName } from "../service_names.ts";
import { type Overrides, openChains, type PlatformConfig, type Service, services, system } from "../services.ts";
import { answers } from "./answers.ts";
import { openGround } from "./ground.ts";
import { announced, joinNats, joinQuestions } from "./joining.ts";
import { askPatiently } from "./patience.ts";
import { type Answers, answerAll } from "./questions.ts";
import { documentsOf, recordsAnswers } from "./records.ts";
import { remoteJournals } from "./remote.ts";
import { readSecrets } from "./secrets.ts";
import { knowUsers } from "./users.ts";
import { openVaults } from "./vaults.ts";
import { witnessOwn } from "./witnessing.ts";

/** Like a platform's; its own process has one service, with a database. */
export type ServiceConfig<Name extends ServiceName = ServiceName> = PlatformConfig & {
  readonly distribution: Distribution & { readonly service: Name; readonly mongodb: string };
};

type Running<Name extends ServiceName> = Awaited<ReturnType<(typeof services)[Name]>>;

/** One service in a process of its own, on MongoDB, NATS and Key Vault: serving once it resolves, until disposed. */
export async function startService<Name extends ServiceName>(
  config: ServiceConfig<Name>,
  { bus = (it) => it, witnessing }: Overrides = {},
) {
  await using running = new AsyncDisposableStack();
  const { distribution, publicUrl, networks, logLevel } = config;
  const { service: name } = distribution;
  const log = createLog({ level: logLevel, service: name });

  const secrets = await readSecrets(distribution, "mongodb-password", "nats-password", "sealing-key");
  const connection = running.use(await joinNats(distribution, secrets["nats-password"], log));
  const questions = running.use(joinQuestions(distribution, connection, log));
  const { ask } = questions;
  using starting = new DisposableStack();
  const patient = starting.use(askPatiently({ ask, log }));
  const { ground, check, settle } = await openGround({
    ...{ ...distribution, password: secrets["mongodb-password"], connection, ask: patient.ask, between: bus },
    ...{ clock: system.clock, log, running },
  });
  const host: Host = { ground: () => ground, ...system, log, running };
  const vaults = openVaults(distribution, secrets, ground.stores);
  const witness = running.use(witnessOwn({ name, ground, vault: vaults.own, ask: patient.ask, host, witnessing }));
  // Before it reacts: others may need its records for that, as it needs theirs.
  running.use(answerAll(name, recordsAnswers(name, ground, witness.own), questions));

  const users = knowUsers(ground, host, { publicUrl, ask });
  const chains = openChains(name === "wallet" || name === "portfolio" ? networks : [], log, running);
  const supplies = { config, vault: vaults.vault, chains, permissionsOf: users.permissionsOf };
  const service = (await services[name](host, supplies)) as Running<Name>;
  const { footing, routes, guarding }: Service = service;
  vaults.keep(footing, log);
  await settle();

  const idempotency = keepIdempotency(footing, host);
  const limiter = limitRates(config, () => running.use(createCounter({ connection, service: name, log })).count);
  const guards = createGuards({
    ...(guarding ?? users.guarding(footing)),
    digest: host.digest,
    idempotency,
    limiter,
  });
  const journals = remoteJournals(witness.own, ask);
  const all = [
    ...routes(guards),
    operationsRoutes({ [name]: footing.parked }, guards),
    ...(name === "notification" ? [auditRoutes(createAuditService({ journals, clock: host.clock }), guards)] : []),
  ];
  const checks = { ...checksOf([footing], chains), nats: check };
  const documented = (own: () => Promise<object>) => ({ documents: documentsOf(name, ask, own), first: name });
  const server = running.use(
    serve({ config, service: name, routes: all, checks, services: documented, metrics: createMetrics(), limiter, log }),
  );

  const ofDomain = (answers[name] as (service: Running<Name>) => Answers)(service);
  running.use(answerAll(name, { ...ofDomain, openapi: server.openApi }, questions));
  running.use(announced(questions, { http: distribution.address }));
  // Who ends waits for nobody.
  running.use(starting.move());
  const end = running.move();
  return { url: server.url, app: server.app, service, [Symbol.asyncDispose]: () => end.disposeAsync() };
}
