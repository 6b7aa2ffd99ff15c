import { createLog } from "../../adapters/pino/mod.ts";
import type { Log } from "../../ports/mod.ts";
import type { Config, Distribution } from "../config.ts";
import { isRetryable, retrying } from "../retrying.ts";
import type { ServiceName } from "../service_names.ts";

export type ProcessConfig = Config & { readonly distribution: Distribution };

type Started = AsyncDisposable & { readonly url?: string };

const longest = 5_000;

/** Starts what this process is. */
export function startProcess(config: ProcessConfig, signal: AbortSignal): Promise<Started> {
  const log = createLog({ level: config.logLevel, service: config.distribution.service });
  return patiently(() => start(config), log, signal);
}

/** What it needs may come up later than it does: it waits for it, and says so. */
export function patiently<Result>(start: () => Promise<Result>, log: Log, signal: AbortSignal): Promise<Result> {
  return retrying(start, { signal, log: briefly(log), what: "start yet", worthIt: isRetryable, longest });
}

/** Soon after the start others are only starting, too: that takes a line, and no stack. */
function briefly(log: Log): Log {
  return (message, { error, ...details }) =>
    Number(details.attempt) > 5
      ? log(message, { error, ...details })
      : log(message, { ...details, reason: `${error}` });
}

/** Each process loads what it runs, and no more. */
async function start(config: ProcessConfig): Promise<Started> {
  const { distribution, networks, superAdmins } = config;
  const { service, mongodb } = distribution;
  if (service === "gateway") return (await import("./gateway.ts")).startGateway(config);
  if (service === "keeper") {
    const keeping = await (await import("./keeper.ts")).startKeeper(config);
    return { [Symbol.asyncDispose]: () => keeping.disposeAsync() };
  }
  const { startService } = await import("./service.ts");
  const one: Distribution & { service: ServiceName; mongodb: string } = {
    ...{ ...distribution, service, mongodb: mongodb ?? "" },
  };
  return startService({
    ...{ ...config, distribution: one, networks: networks === "local" ? [] : networks },
    superAdmins: superAdmins === "development" ? [] : superAdmins,
  });
}
