/**
 * `npm run start:distributed`: six services, gateway and keeper, a process each, with their servers and a local chain, all on
 * this machine.
 *
 * @module
 */
import { join } from "node:path";
import { createLog } from "../../adapters/pino/mod.ts";
import { readConfig } from "../config.ts";
import { startDevelopment } from "../development/mod.ts";
import { lockFolder, preflight } from "../preflight.ts";
import { refuse } from "../refuse.ts";
import { banner } from "../run_embedded.ts";
import { untilAborted } from "../until_aborted.ts";
import { startCluster } from "./cluster.ts";

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => stop.abort(new Error("It was told to stop")));

const outcome = readConfig(process.env);
if ("faults" in outcome) refuse(outcome.faults);
const { config } = outcome;
const faults = preflight(config);
if (faults.length > 0) refuse(faults);
if (config.distribution) refuse(["LUCENT_MODE: this starts every process itself, and says so to each"]);
if (config.networks !== "local") refuse(["LUCENT_NETWORKS: this runs on a local chain of its own"]);
using lock = lockFolder(config.data);
if (!lock) refuse([`LUCENT_DATA: another Lucent uses "${config.data}"`]);

const tell = (line: string) => process.stdout.write(`${line}\n`);
try {
  await using running = new AsyncDisposableStack();
  const log = createLog({ level: config.logLevel });
  const local = running.use(await startDevelopment(config.data, log));
  const { publicUrl, origins, rateLimits, logLevel, port } = config;
  const superAdmins = config.superAdmins === "development" ? local.superAdmins : config.superAdmins;
  const prices = [...local.prices, ...config.prices];
  const cluster = running.use(
    await startCluster({
      ...{ folder: join(config.data, "distributed"), port, tell },
      common: { publicUrl, origins, rateLimits, logLevel, superAdmins, prices, networks: local.networks },
    }),
  );
  if (config.demoData) await local.seed(cluster.url);
  tell(banner(cluster.url, publicUrl, local.about));
  await untilAborted(stop.signal);
  tell("Stopping: what is under way is finished first");
} catch (error) {
  refuse([error instanceof Error ? error.message : String(error)]);
}
process.exit(0);
