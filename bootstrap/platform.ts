import { join } from "node:path";
import { createSchemas } from "../adapters/ajv/mod.ts";
import { type AsyncApiOptions, asyncApiOf } from "../adapters/asyncapi/mod.ts";
import { createEvmChain, createReadContract } from "../adapters/evm/mod.ts";
import {
  auditRoutes,
  type Checks,
  createGuards,
  createIdempotency,
  idempotentRequestKind,
  operationsRoutes,
} from "../adapters/http/mod.ts";
import { createLocalVault } from "../adapters/local_vault/mod.ts";
import { createLog } from "../adapters/pino/mod.ts";
import { createConfiguredPrices } from "../adapters/prices/mod.ts";
import { createMetrics } from "../adapters/prometheus/mod.ts";
import { createClock, deriveId, digest, newId } from "../adapters/system/mod.ts";
import { createAuditService } from "../domains/notification/mod.ts";
import { later } from "../domains/shared/mod.ts";
import type { EventBus } from "../ports/messaging.ts";
import type { Config } from "./config.ts";
import { type Footing, type Host, openBus } from "./host.ts";
import type { NetworkConfig } from "./networks.ts";
import { startNotification } from "./notification.ts";
import { startPlay } from "./play.ts";
import { startPortfolio } from "./portfolio.ts";
import { serve } from "./serve.ts";
import { startTask } from "./task.ts";
import { startUser } from "./user.ts";
import { startWallet } from "./wallet.ts";
import { createWitness, signingKeyKind, verifying, type Witnessed } from "./witness.ts";

export type PlatformConfig = Omit<Config, "networks" | "superAdmins" | "demoData" | "environment"> & {
  readonly networks: readonly NetworkConfig[];
  readonly superAdmins: readonly string[];
};

export type Platform = Awaited<ReturnType<typeof startPlatform>>;
export type Services = Awaited<ReturnType<typeof startServices>>;

const aDay = 24 * 60 * 60;

export type Overrides = {
  /** What stands between the services and their bus. */
  readonly bus?: (bus: EventBus) => EventBus;
  /** Milliseconds between two signed roots. */
  readonly witnessing?: number;
};

/** All six services in this process, on embedded stores: serving once it resolves, until disposed. */
export async function startPlatform(config: PlatformConfig, { bus = (it) => it, witnessing }: Overrides = {}) {
  await using running = new AsyncDisposableStack();
  const log = createLog({ level: config.logLevel });
  const clock = createClock();
  const { data } = config;
  const host: Host = { data, bus: bus(openBus(data, log, running)), clock, newId, deriveId, digest, log, running };
  const vault = createLocalVault({ path: join(data, "vault.key") });
  const chains = openChains(config.networks, host);
  const services = await startServices(host, config, chains, vault);
  const witness = running.use(
    createWitness({
      ...{ services: ring(services), vault, clock, log },
      ...(witnessing !== undefined && { milliseconds: witnessing }),
    }),
  );
  const audit = createAuditService({ journals: witness.journals, clock, ...verifying });

  const { footing, service: users } = services.user;
  const requests = footing.stores.records(idempotentRequestKind);
  const idempotency = createIdempotency({ requests, clock, newId, deriveId });
  footing.every(60_000, "forget idempotency keys", () => idempotency.forget(later(clock(), -aDay)));
  await services.wallet.resume();

  const checks = checksOf(services, chains);
  const guards = createGuards({ accessOf: users.accessOf, useStepUp: users.useStepUp, digest, idempotency });
  const all = Object.values(services);
  const routes = [...all.flatMap((service) => service.routes(guards)), auditRoutes(audit, guards)];
  const operations = operationsRoutes(
    Object.fromEntries(all.map(({ footing, parked }) => [footing.name, parked])),
    guards,
  );
  const metrics = createMetrics();
  const asyncApi = () => asyncApiOf({ services: onBus(services), questions: {}, publicUrl: config.publicUrl });
  const server = running.use(serve({ config, routes: [...routes, operations], asyncApi, checks, metrics, log }));
  const { app, url } = server;
  const started = running.move();
  return { app, url, services, witness, audit, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

type Chains = ReturnType<typeof openChains>;

/** They outlive the services, which are disposed of first. */
function openChains(networks: readonly NetworkConfig[], { log, running }: Host) {
  const served = networks.filter(({ family, rpc }) => family === "evm" && rpc.length > 0);
  return new Map(
    served.map((network) => [network.id, running.use(createEvmChain({ network, urls: network.rpc, log }))] as const),
  );
}

/** Each service is wired by itself: they meet through the bus. */
async function startServices(
  host: Host,
  config: PlatformConfig,
  chains: Chains,
  vault: ReturnType<typeof createLocalVault>,
) {
  const { networks, publicUrl, superAdmins, prices } = config;
  const readContract = createReadContract(chains);
  const priceOf = createConfiguredPrices(prices, host.clock());
  const schemas = createSchemas();
  const user = await startUser(host, { vault, publicUrl, superAdmins });
  const { verifyProof } = user;
  return {
    user,
    play: startPlay(host, { schemas, verifyProof }),
    wallet: startWallet(host, { vault, networks, chains, readContract, priceOf }),
    task: startTask(host, { schemas, verifyProof }),
    portfolio: startPortfolio(host, { networks, readContract, priceOf }),
    notification: startNotification(host, { publicUrl, permissionsOf: user.service.permissionsOf }),
  };
}

/** Each service's roots are kept by the next one. */
function ring(services: Services): Witnessed[] {
  const footings: Footing[] = Object.values(services).map(({ footing }) => footing);
  return footings.map(({ name, stores }, place) => {
    const next = footings[(place + 1) % footings.length] as Footing;
    return { service: name, journal: stores.journal, keys: stores.records(signingKeyKind), witness: next.witness };
  });
}

/** What each service sends and reads. */
function onBus(services: Services): AsyncApiOptions["services"] {
  return Object.fromEntries(
    Object.values(services).map(({ footing: { name, consumes }, stores }) => [
      name,
      { publishes: stores.map(({ kind }) => kind.name), consumes },
    ]),
  );
}

function checksOf(services: Services, chains: Chains): Checks {
  const stores = Object.values(services).flatMap(({ footing: { name, stores, relay } }) => [
    [`${name} store`, () => stores.journal.read({ limit: 1 })] as const,
    [`${name} relay`, () => relay.check()] as const,
  ]);
  const nodes = [...chains].map(([network, chain]) => [network, () => chain.head()] as const);
  return Object.fromEntries([...stores, ...nodes]);
}
