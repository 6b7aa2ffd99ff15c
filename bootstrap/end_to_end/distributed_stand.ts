import { join } from "node:path";
import { startBacking } from "../cluster/backing.ts";
import { untilReady } from "../cluster/ready.ts";
import { startGateway } from "../distributed/gateway.ts";
import { startKeeper } from "../distributed/keeper.ts";
import { patiently } from "../distributed/process.ts";
import { startService } from "../distributed/service.ts";
import type { Services } from "../platform.ts";
import { freePort, type KeyVaultServer, startKeyVault } from "../servers/mod.ts";
import { type ServiceName, serviceNames } from "../service_names.ts";
import type { PlatformConfig } from "../services.ts";

const patience = 45_000;

/** Tokens for it are kept for a whole process: the test files of one run share it. It ends with this process. */
let vault: Promise<KeyVaultServer> | undefined;

/** The servers of a platform whose services are wired for processes of their own, and run in this one. */
export async function openDistributed(config: PlatformConfig, witnessing: number) {
  vault ??= startKeyVault();
  const given = await vault;
  Object.assign(process.env, given.env);
  await using opening = new AsyncDisposableStack();
  const backing = opening.use(await startBacking(join(config.data, "distributed"), given));

  async function startOne(name: ServiceName) {
    const port = freePort();
    const { mongodb = "", ...distribution } = backing.distribution(name, `http://127.0.0.1:${port}`);
    const one = { ...config, port, distribution: { ...distribution, service: name, mongodb } };
    const starting = () => startService({ ...one, trustedProxies: ["127.0.0.1"] }, { witnessing });
    return patiently(starting, () => {}, AbortSignal.timeout(patience));
  }

  async function start() {
    await using running = new AsyncDisposableStack();
    running.use(await startKeeper({ ...config, distribution: backing.distribution("keeper", "") }));
    const started = await Promise.all(serviceNames.map(async (name) => [name, await startOne(name)] as const));
    running.defer(async () => {
      await Promise.all(started.map(([, service]) => service[Symbol.asyncDispose]()));
    });
    running.use(await startGateway({ ...config, distribution: backing.distribution("gateway", config.publicUrl) }));
    await untilReady(config.publicUrl);
    const end = running.move();
    return {
      services: Object.fromEntries(started.map(([name, { service }]) => [name, service])) as unknown as Services,
      [Symbol.asyncDispose]: () => end.disposeAsync(),
    };
  }

  const end = opening.move();
  return { start, backing, [Symbol.asyncDispose]: () => end.disposeAsync() };
}
