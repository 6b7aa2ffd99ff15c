import { isAbsolute, resolve } from "node:path";
import type { RateLimits } from "../adapters/http/mod.ts";
import type { ConfiguredPrice } from "../adapters/prices/mod.ts";
import type { AccountId } from "../domains/shared/mod.ts";
import { type NetworkConfig, readNetworks } from "./networks.ts";
import { type ProcessName, processNames } from "./service_names.ts";
import * as read from "./variables.ts";

/** How one process of a distributed platform finds the others. */
export type Distribution = {
  readonly service: ProcessName;
  /** Where the service's database is; gateway and keeper have none. */
  readonly mongodb: string | undefined;
  readonly nats: readonly string[];
  readonly keyVault: string;
  /** The name of the key that wraps the wallets' data keys. */
  readonly keyVaultKey: string;
  /** A PEM file of the authority that signed the servers' certificates, where it is an own one. */
  readonly authority: string | undefined;
  /** Where the gateway reaches this process. */
  readonly address: string;
};

export type Config = {
  readonly environment: "development" | "production";
  readonly host: string;
  readonly port: number;
  /** The folder of embedded stores and the local vault. */
  readonly data: string;
  readonly publicUrl: string;
  /** "local": the development chain, started beside the platform. */
  readonly networks: readonly NetworkConfig[] | "local";
  /** "development": the development accounts. */
  readonly superAdmins: readonly AccountId[] | "development";
  readonly origins: readonly string[];
  readonly rateLimits: RateLimits | "off";
  /** Addresses and CIDR blocks of proxies before this process, whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  readonly prices: readonly ConfiguredPrice[];
  /** Seconds until a new destination of a wallet counts. */
  readonly destinationDelay: number;
  /** Whether a play is published and the development accounts are registered at the first start. */
  readonly demoData: boolean;
  readonly logLevel: (typeof logLevels)[number];
  /** Public keys (age) that backups of wallets are encrypted to. */
  readonly backupRecipients: readonly string[];
  /** The file of the private key that a backup is restored by. */
  readonly backupIdentity: string | undefined;
  /** Undefined where all services run in this process, on embedded stores. */
  readonly distribution: Distribution | undefined;
};

type Environment = Readonly<Record<string, string | undefined>>;

const logLevels = ["silent", "error", "warn", "info", "debug"] as const;

const known = [
  ...["ENVIRONMENT", "MODE", "SERVICE", "HOST", "PORT", "DATA", "PUBLIC_URL", "NETWORKS", "SUPER_ADMINS", "ORIGINS"],
  ...["PRICES", "DEMO_DATA", "LOG_LEVEL", "MONGODB_URL", "NATS_URL", "KEY_VAULT_URL", "KEY_VAULT_KEY", "CA_FILE"],
  ...["ADDRESS", "RATE_LIMITS", "TRUSTED_PROXIES", "DESTINATION_DELAY", "BACKUP_RECIPIENTS", "BACKUP_IDENTITY_FILE"],
].map((name) => `LUCENT_${name}`);

const toSay = {
  LUCENT_SERVICE: `say which one this process is: ${processNames.join(", ")}`,
  LUCENT_MONGODB_URL: "say where MongoDB is",
  LUCENT_NATS_URL: "say where NATS is",
  LUCENT_KEY_VAULT_URL: "say where the service's secrets and the wallets' key are",
  LUCENT_NETWORKS: "name the networks: no process of its own has a local chain beside it",
  LUCENT_SUPER_ADMINS: "name the accounts that are super admin at their first sign-in",
} as const;

/**
 * Reads the environment, and the file that `LUCENT_NETWORKS` or `LUCENT_PRICES` may name. Every fault is listed at once;
 * `meant` has the default for what is faulty.
 */
export function readConfig(
  environment: Environment,
): { readonly config: Config } | { readonly faults: readonly string[]; readonly meant: Config } {
  const faults = Object.keys(environment)
    .filter((name) => name.startsWith("LUCENT_") && !known.includes(name))
    .map((name) => `${name}: there is no such variable`);

  /** A variable's value; its default where it is absent; the default too, and a fault, where it is faulty. */
  function variable<T>(name: string, fallback: T, reading: (text: string) => read.Read<T>): T {
    const text = environment[name];
    if (text === undefined || text === "") return fallback;
    const outcome = reading(text);
    if ("value" in outcome) return outcome.value;
    faults.push(`${name}: ${outcome.fault}`);
    return fallback;
  }

  /** A variable that a distributed process can't do without. */
  function needed<T>(name: keyof typeof toSay, fallback: T, reading: (text: string) => read.Read<T>): T {
    if (!environment[name]) faults.push(`${name}: ${toSay[name]}`);
    return variable(name, fallback, reading);
  }

  function distribution(host: string, port: number): Distribution {
    const service = needed<ProcessName>("LUCENT_SERVICE", "gateway", read.oneOf(...processNames));
    const stores = !["gateway", "keeper"].includes(service);
    if (stores && !environment.LUCENT_NETWORKS) faults.push(`LUCENT_NETWORKS: ${toSay.LUCENT_NETWORKS}`);
    if (service === "user" && !environment.LUCENT_SUPER_ADMINS)
      faults.push(`LUCENT_SUPER_ADMINS: ${toSay.LUCENT_SUPER_ADMINS}`);
    const unreached = stores && !environment.LUCENT_ADDRESS && ["0.0.0.0", "::"].includes(host);
    if (unreached)
      faults.push("LUCENT_ADDRESS: say where the gateway reaches this process: it listens on every address");
    return {
      service,
      mongodb: stores ? needed("LUCENT_MONGODB_URL", "", read.readMongodbUrl) : undefined,
      nats: needed<readonly string[]>("LUCENT_NATS_URL", [], read.readNatsUrls),
      keyVault: needed("LUCENT_KEY_VAULT_URL", "", read.readHttpsUrl),
      keyVaultKey: variable("LUCENT_KEY_VAULT_KEY", "lucent-wallets", readName),
      authority: variable<string | undefined>("LUCENT_CA_FILE", undefined, read.readPath),
      address: variable("LUCENT_ADDRESS", originOf(host, port), read.readUrl),
    };
  }

  const text = (value: string) => ({ value });
  const environmentName = variable<Config["environment"]>(
    "LUCENT_ENVIRONMENT",
    "development",
    read.oneOf("development", "production"),
  );
  const mode = variable<"embedded" | "distributed">("LUCENT_MODE", "embedded", read.oneOf("embedded", "distributed"));
  const development = environmentName === "development";
  const host = variable("LUCENT_HOST", "127.0.0.1", text);
  const port = variable("LUCENT_PORT", 3000, read.readPort);
  const config: Config = {
    environment: environmentName,
    host,
    port,
    data: variable("LUCENT_DATA", resolve("data"), (path) => ({ value: isAbsolute(path) ? path : resolve(path) })),
    publicUrl: variable("LUCENT_PUBLIC_URL", originOf(host, port), read.readUrl),
    networks: variable<Config["networks"]>("LUCENT_NETWORKS", "local", (text) => read.readJson(text, readNetworks)),
    superAdmins: variable<Config["superAdmins"]>("LUCENT_SUPER_ADMINS", "development", read.readAccounts),
    origins: variable<readonly string[]>("LUCENT_ORIGINS", development ? ["*"] : [], read.readOrigins),
    rateLimits: variable<Config["rateLimits"]>(
      "LUCENT_RATE_LIMITS",
      { user: 1200, address: 3000 },
      read.readRateLimits,
    ),
    trustedProxies: variable<readonly string[]>("LUCENT_TRUSTED_PROXIES", [], read.readProxies),
    prices: variable<Config["prices"]>("LUCENT_PRICES", [], (text) => read.readJson(text, read.readPrices)),
    destinationDelay: variable("LUCENT_DESTINATION_DELAY", 86_400, read.readDuration),
    demoData: variable("LUCENT_DEMO_DATA", development && mode === "embedded", read.readSwitch),
    logLevel: variable("LUCENT_LOG_LEVEL", development ? "warn" : "info", read.oneOf(...logLevels)),
    backupRecipients: variable<readonly string[]>("LUCENT_BACKUP_RECIPIENTS", [], read.readRecipients),
    backupIdentity: variable<string | undefined>("LUCENT_BACKUP_IDENTITY_FILE", undefined, read.readPath),
    distribution: mode === "distributed" ? distribution(host, port) : undefined,
  };
  if (mode === "embedded" && environment.LUCENT_SERVICE) {
    faults.push("LUCENT_SERVICE: the embedded mode runs all services in one process");
  }
  faults.push(...(development ? developmentFaults(config) : productionFaults(config)));
  return faults.length > 0 ? { faults, meant: config } : { config };
}

/** Where a host is reached: an IPv6 address stands in brackets. */
export function originOf(host: string, port: number | undefined): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function developmentFaults({ host }: Config): string[] {
  return isLoopback(host) ? [] : ["LUCENT_HOST: in development Lucent listens on loopback only (127.0.0.1)"];
}

/** What is good enough for development only, by name. */
function productionFaults(config: Config): string[] {
  const { networks, superAdmins, origins, demoData, publicUrl, distribution } = config;
  const { protocol, hostname } = new URL(publicUrl);
  return [
    networks === "local" &&
      !distribution &&
      "LUCENT_NETWORKS: the local chain is a development default; name the networks",
    superAdmins === "development" &&
      !distribution &&
      "LUCENT_SUPER_ADMINS: the development accounts are everybody's; name your own",
    origins.includes("*") && "LUCENT_ORIGINS: calls from every origin are a development default; list the origins",
    demoData && "LUCENT_DEMO_DATA: demo data is for development",
    protocol === "http:" &&
      !(distribution && isLoopback(hostname)) &&
      "LUCENT_PUBLIC_URL: plain http is a development default; name the https address",
    !distribution &&
      "LUCENT_MODE: embedded keeps its vault key in a local file, a development default; distributed uses Azure Key Vault",
  ].filter((fault) => fault !== false);
}

function isLoopback(host: string): boolean {
  return ["127.0.0.1", "::1", "[::1]", "localhost"].includes(host);
}

function readName(text: string): read.Read<string> {
  return /^[0-9a-zA-Z-]{1,127}$/.test(text) ? { value: text } : { fault: "give the name of a key in Key Vault" };
}
