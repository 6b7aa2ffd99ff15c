import { readFileSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import type { ConfiguredPrice } from "../adapters/prices/mod.ts";
import { type AccountId, parseAccount, parseAsset } from "../domains/shared/mod.ts";
import { type NetworkConfig, readNetworks } from "./networks.ts";

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
  readonly prices: readonly ConfiguredPrice[];
  /** Whether a play is published and the development accounts are registered at the first start. */
  readonly demoData: boolean;
  readonly logLevel: (typeof logLevels)[number];
};

type Environment = Readonly<Record<string, string | undefined>>;
type Read<T> = { readonly value: T } | { readonly fault: string };

const logLevels = ["silent", "error", "warn", "info", "debug"] as const;

const known = [
  ...["LUCENT_ENVIRONMENT", "LUCENT_MODE", "LUCENT_HOST", "LUCENT_PORT", "LUCENT_DATA", "LUCENT_PUBLIC_URL"],
  ...[
    "LUCENT_NETWORKS",
    "LUCENT_SUPER_ADMINS",
    "LUCENT_ORIGINS",
    "LUCENT_PRICES",
    "LUCENT_DEMO_DATA",
    "LUCENT_LOG_LEVEL",
  ],
];

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
  function variable<T>(name: string, fallback: T, read: (text: string) => Read<T>): T {
    const text = environment[name];
    if (text === undefined || text === "") return fallback;
    const outcome = read(text);
    if ("value" in outcome) return outcome.value;
    faults.push(`${name}: ${outcome.fault}`);
    return fallback;
  }

  const mode = variable(
    "LUCENT_ENVIRONMENT",
    "development" as Config["environment"],
    oneOf("development", "production"),
  );
  variable("LUCENT_MODE", "embedded", oneOf("embedded"));
  const development = mode === "development";
  const host = variable("LUCENT_HOST", "127.0.0.1", (text) => ({ value: text }));
  const port = variable("LUCENT_PORT", 3000, readPort);
  const config: Config = {
    environment: mode,
    host,
    port,
    data: variable("LUCENT_DATA", resolve("data"), (text) => ({ value: isAbsolute(text) ? text : resolve(text) })),
    publicUrl: variable("LUCENT_PUBLIC_URL", originOf(host, port), readUrl),
    networks: variable<Config["networks"]>("LUCENT_NETWORKS", "local", (text) => readJson(text, readNetworks)),
    superAdmins: variable<Config["superAdmins"]>("LUCENT_SUPER_ADMINS", "development", readAccounts),
    origins: variable<readonly string[]>("LUCENT_ORIGINS", development ? ["*"] : [], readOrigins),
    prices: variable<Config["prices"]>("LUCENT_PRICES", [], (text) => readJson(text, readPrices)),
    demoData: variable("LUCENT_DEMO_DATA", development, readSwitch),
    logLevel: variable("LUCENT_LOG_LEVEL", development ? "warn" : "info", oneOf(...logLevels)),
  };
  faults.push(...(development ? developmentFaults(config) : productionFaults(config)));
  return faults.length > 0 ? { faults, meant: config } : { config };
}

/** Where a host is reached: an IPv6 address stands in brackets. */
export function originOf(host: string, port: number | undefined): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function developmentFaults({ host }: Config): string[] {
  const loopback = ["127.0.0.1", "::1", "localhost"].includes(host);
  return loopback ? [] : ["LUCENT_HOST: in development Lucent listens on loopback only (127.0.0.1)"];
}

/** What is good enough for development only, by name. */
function productionFaults({ networks, superAdmins, origins, demoData, publicUrl }: Config): string[] {
  return [
    networks === "local" && "LUCENT_NETWORKS: the local chain is a development default; name the networks",
    superAdmins === "development" && "LUCENT_SUPER_ADMINS: the development accounts are everybody's; name your own",
    origins.includes("*") && "LUCENT_ORIGINS: calls from every origin are a development default; list the origins",
    demoData && "LUCENT_DEMO_DATA: demo data is for development",
    publicUrl.startsWith("http:") && "LUCENT_PUBLIC_URL: plain http is a development default; name the https address",
    "LUCENT_MODE: embedded keeps its vault key in a local file, a development default; production waits for Azure Key Vault",
  ].filter((fault) => fault !== false);
}

function oneOf<const T extends string>(...values: readonly T[]): (text: string) => Read<T> {
  return (text) => {
    const value = values.find((each) => each === text);
    return value === undefined ? { fault: `give one of ${values.join(", ")}` } : { value };
  };
}

function readPort(text: string): Read<number> {
  const value = Number(text);
  return /^\d{1,5}$/.test(text) && value > 0 && value < 65_536 ? { value } : { fault: "give a port from 1 to 65535" };
}

function readUrl(text: string): Read<string> {
  const url = URL.parse(text);
  const plain =
    url && ["http:", "https:"].includes(url.protocol) && !url.username && url.pathname === "/" && !url.search;
  return plain ? { value: url.origin } : { fault: "give an origin such as https://api.example.org" };
}

/** As browsers send them: a slash at the end would match none. */
function readOrigins(text: string): Read<readonly string[]> {
  const origins = text.split(",").map((each) => each.trim());
  const good = origins.every((each) => each === "*" || URL.parse(each)?.origin === each);
  return good ? { value: origins } : { fault: "give origins such as https://app.example.org, with commas between" };
}

function readSwitch(text: string): Read<boolean> {
  return text === "on" || text === "off" ? { value: text === "on" } : { fault: "give on or off" };
}

function readAccounts(text: string): Read<readonly AccountId[]> {
  const accounts = text.split(",").map((each) => each.trim());
  if (!accounts.every(parseAccount)) return { fault: "give CAIP-10 accounts, with commas between (eip155:1:0x…)" };
  return { value: accounts as AccountId[] };
}

/** JSON, or a path to a file of it. */
function readJson<T>(text: string, read: (json: unknown) => T | string): Read<T> {
  const inline = /^\s*[[{]/.test(text);
  let json: unknown;
  try {
    json = JSON.parse(inline ? text : readFileSync(text, "utf8"));
  } catch {
    return { fault: inline ? "give well-formed JSON" : "give JSON, or the path of a readable file with it" };
  }
  const outcome = read(json);
  return typeof outcome === "string" ? { fault: outcome } : { value: outcome };
}

function readPrices(json: unknown): readonly ConfiguredPrice[] | string {
  const good = (each: Partial<ConfiguredPrice> | null) =>
    parseAsset(String(each?.asset)) &&
    /^\d+(\.\d+)?$/.test(String(each?.value)) &&
    /^[A-Z]{3}$/.test(String(each?.currency));
  return Array.isArray(json) && json.every(good)
    ? json
    : 'give a list of {"asset": CAIP-19, "value": "1.05", "currency": "USD"}';
}
