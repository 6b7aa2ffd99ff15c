import { auditRoutes, createGuards, operationsRoutes } from "../adapters/http/mod.ts";
import { createLog } from "../adapters/pino/mod.ts";
import { createMetrics } from "../adapters/prometheus/mod.ts";
import { createCounter } from "../adapters/system/mod.ts";
import { createAuditService } from "../domains/notification/mod.ts";
import { checksOf } from "./checks.ts";
import { openEmbedded } from "./embedded.ts";
import type { Footing, Host } from "./host.ts";
import { keepIdempotency } from "./idempotency.ts";
import { limitRates } from "./limiting.ts";
import { openLocalVault } from "./local_vault.ts";
import { serve } from "./serve.ts";
import {
  type Overrides,
  openChains,
  type PlatformConfig,
  type Service,
  type Supplies,
  services,
  system,
} from "./services.ts";
import { createWitness, signingKeyKind, type Witnessed } from "./witness.ts";

export type Platform = Awaited<ReturnType<typeof startPlatform>>;
export type Services = Awaited<ReturnType<typeof startServices>>;

/** All six services in this process, on embedded stores: serving once it resolves, until disposed. */
export async function startPlatform(config: PlatformConfig, { bus = (it) => it, witnessing }: Overrides = {}) {
  await using running = new AsyncDisposableStack();
  const log = createLog({ level: config.logLevel });
  const { data } = config;
  const ground = openEmbedded({ data, clock: system.clock, log, running, between: bus });
  const host: Host = { ground, ...system, log, running };
  const vault = await openLocalVault(data, (service) => ground(service).stores);
  const chains = openChains(config.networks, log, running);
  const started = await startServices(host, { config, vault, chains });
  const all: readonly Service[] = Object.values(started);
  const footings = all.map(({ footing }) => footing);
  const witness = running.use(
    createWitness({
      ...{ services: ring(footings), vault, clock: host.clock, log },
      ...(witnessing !== undefined && { milliseconds: witnessing }),
    }),
  );
  const audit = createAuditService({ journals: witness.journals, clock: host.clock });

  const { footing, service: users } = started.user;
  const idempotency = keepIdempotency(footing, host);
  const { accessOf, useStepUp } = users;
  const limiter = limitRates(config, createCounter);
  const guards = createGuards({ accessOf, useStepUp, digest: host.digest, idempotency, limiter });
  const parked = Object.fromEntries(footings.map(({ name, parked }) => [name, parked]));
  const ours = [auditRoutes(audit, guards), operationsRoutes(parked, guards)];
  const routes = [...all.flatMap(({ routes }) => routes(guards)), ...ours];
  const checks = checksOf(footings, chains);
  const { app, url } = running.use(serve({ config, routes, checks, metrics: createMetrics(), limiter, log }));
  const end = running.move();
  return { app, url, services: started, witness, audit, [Symbol.asyncDispose]: () => end.disposeAsync() };
}

/** Each service is wired by itself: they meet through the bus. */
async function startServices(host: Host, given: Omit<Supplies, "permissionsOf">) {
  const user = await services.user(host, { ...given, permissionsOf: async () => undefined });
  const supplies: Supplies = { ...given, permissionsOf: user.service.permissionsOf };
  return {
    user,
    play: await services.play(host, supplies),
    wallet: await services.wallet(host, supplies),
    task: await services.task(host, supplies),
    portfolio: await services.portfolio(host, supplies),
    notification: await services.notification(host, supplies),
  };
}

/** Each service's roots are kept by the next one. */
function ring(footings: readonly Footing[]): Witnessed[] {
  return footings.map(({ name, stores }, place) => {
    const next = footings[(place + 1) % footings.length] as Footing;
    return { service: name, journal: stores.journal, keys: stores.records(signingKeyKind), witness: next.witness };
  });
}
