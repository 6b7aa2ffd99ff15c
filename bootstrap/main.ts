/**
 * `npm start`: the platform, embedded; in development with a local chain beside it.
 *
 * @module
 */
import { createLog } from "../adapters/pino/mod.ts";
import type { Log } from "../ports/mod.ts";
import { type Config, readConfig } from "./config.ts";
import { startPlatform } from "./platform.ts";
import { lockFolder, preflight } from "./preflight.ts";
import type { PlatformConfig } from "./services.ts";

/** What the machine lacks too: a default in a faulty variable's place is nobody's wish, and not told of. */
function machineFaults(meant: Config, told: readonly string[]): readonly string[] {
  const variableOf = (fault: string) => fault.slice(0, fault.indexOf(":"));
  return [...told, ...preflight(meant).filter((fault) => !told.map(variableOf).includes(variableOf(fault)))];
}

/** Ends with one message that lists all that is wrong. */
function refuse(faults: readonly string[]): never {
  process.stderr.write(`Lucent can't start:\n${faults.map((fault) => `  - ${fault}\n`).join("")}`);
  process.exit(1);
}

const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop());

const outcome = readConfig(process.env);
const faults = "faults" in outcome ? machineFaults(outcome.meant, outcome.faults) : preflight(outcome.config);
if ("faults" in outcome || faults.length > 0) refuse(faults);
const { config } = outcome;
using lock = lockFolder(config.data);
if (!lock) refuse([`LUCENT_DATA: another Lucent uses "${config.data}"`]);

try {
  await using running = new AsyncDisposableStack();
  const log = createLog({ level: config.logLevel });
  const local = config.networks === "local" ? running.use(await startLocally(config.data, log)) : undefined;
  const started: PlatformConfig = {
    ...config,
    networks: config.networks === "local" ? (local?.networks ?? []) : config.networks,
    superAdmins: config.superAdmins === "development" ? (local?.superAdmins ?? []) : config.superAdmins,
    prices: [...(local?.prices ?? []), ...config.prices],
  };
  const platform = running.use(await startPlatform(started));
  if (local && config.demoData) await local.seed(platform.url);
  process.stdout.write(banner(platform.url, config.publicUrl, local?.about ?? []));
  await stopped;
  process.stdout.write("Stopping: what is under way is finished first\n");
} catch (error) {
  refuse([error instanceof Error ? error.message : String(error)]);
}
process.exit(0);

/** Only who asks for the local chain loads it. */
async function startLocally(data: string, log: Log) {
  const { startDevelopment } = await import("./development/mod.ts");
  return startDevelopment(data, log);
}

function banner(url: string, publicUrl: string, about: readonly string[]): string {
  const lines = [
    "Lucent is running",
    `  API         ${url}`,
    `  Swagger UI  ${url}/docs`,
    ...(publicUrl === url ? [] : [`  public as   ${publicUrl}`]),
    ...about,
  ];
  return `${lines.join("\n")}\n`;
}
