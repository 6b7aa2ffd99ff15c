import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import type { Config, Distribution } from "../config.ts";
import type { NetworkConfig } from "../networks.ts";
import { watch } from "../servers/mod.ts";

/** What all processes of a platform have in common. */
export type Common = Pick<Config, "publicUrl" | "origins" | "rateLimits" | "prices" | "logLevel"> & {
  readonly networks: readonly NetworkConfig[];
  readonly superAdmins: readonly string[];
};

/** The environment of one process: as its config reads it. */
export function environmentOf(common: Common, distribution: Distribution, port: number): Record<string, string> {
  const { service, nats, keyVault, keyVaultKey, mongodb, authority, address } = distribution;
  const networks = common.networks.map(({ family: _family, nativeAsset: _asset, ...network }) => network);
  return {
    LUCENT_MODE: "distributed",
    LUCENT_SERVICE: service,
    LUCENT_PORT: `${port}`,
    LUCENT_ADDRESS: address,
    LUCENT_PUBLIC_URL: common.publicUrl,
    LUCENT_NATS_URL: nats.join(","),
    LUCENT_KEY_VAULT_URL: keyVault,
    LUCENT_KEY_VAULT_KEY: keyVaultKey,
    LUCENT_NETWORKS: JSON.stringify(networks),
    LUCENT_SUPER_ADMINS: common.superAdmins.join(","),
    LUCENT_ORIGINS: common.origins.join(","),
    LUCENT_RATE_LIMITS: limitsOf(common),
    // The gateway is before them.
    ...(service !== "gateway" && { LUCENT_TRUSTED_PROXIES: "127.0.0.1" }),
    LUCENT_PRICES: JSON.stringify(common.prices),
    LUCENT_LOG_LEVEL: common.logLevel,
    ...(mongodb !== undefined && { LUCENT_MONGODB_URL: mongodb }),
    ...(authority !== undefined && { LUCENT_CA_FILE: authority }),
  };
}

function limitsOf({ rateLimits }: Pick<Common, "rateLimits">): string {
  return rateLimits === "off" ? "off" : `user=${rateLimits.user},address=${rateLimits.address}`;
}

type Options = {
  readonly environment: Readonly<Record<string, string>>;
  /** A folder for what it says. */
  readonly logs: string;
  /** Told when it has ended and nobody asked for that. */
  readonly ended: (code: number | null) => void;
};

export type Replica = AsyncDisposable & {
  readonly name: string;
  /** Where it serves. */
  readonly address: string;
  readonly pid: number;
  readonly exited: Promise<number>;
  kill(signal: NodeJS.Signals): void;
};

const patience = 30_000;

/** Starts one process of the platform. */
export function startReplica({ environment, logs, ended }: Options): Replica {
  const name = environment.LUCENT_SERVICE ?? "";
  const file = openSync(join(logs, `${name}.log`), "a", 0o600);
  const { PATH = "", HOME = "" } = process.env;
  let wanted = true;
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "..", "main.ts")], {
    env: { PATH, HOME, ...environment },
    detached: true,
    stdio: ["ignore", file, file],
    onExit: (_child, code) => {
      closeSync(file);
      watcher[Symbol.dispose]();
      if (wanted) ended(code);
    },
  });
  // A Ctrl-C in the terminal is not for it; our end is.
  const watcher = watch(child.pid);
  return {
    ...{ name, address: environment.LUCENT_ADDRESS ?? "", pid: child.pid, exited: child.exited },
    kill: (signal) => child.kill(signal),
    async [Symbol.asyncDispose]() {
      wanted = false;
      watcher[Symbol.dispose]();
      child.kill("SIGCONT");
      child.kill("SIGTERM");
      const obstinate = setTimeout(() => child.kill("SIGKILL"), patience);
      await child.exited;
      clearTimeout(obstinate);
    },
  };
}
