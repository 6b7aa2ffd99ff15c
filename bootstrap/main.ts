/**
 * `npm start`: the platform, embedded; in development with a local chain beside it. With `LUCENT_MODE=distributed` the one
 * service that `LUCENT_SERVICE` names.
 *
 * @module
 */
import { type Config, readConfig } from "./config.ts";
import { preflight } from "./preflight.ts";
import { refuse } from "./refuse.ts";

/** What the machine lacks too: a default in a faulty variable's place is nobody's wish, and not told of. */
function machineFaults(meant: Config, told: readonly string[]): readonly string[] {
  const variableOf = (fault: string) => fault.slice(0, fault.indexOf(":"));
  return [...told, ...preflight(meant).filter((fault) => !told.map(variableOf).includes(variableOf(fault)))];
}

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => stop.abort(new Error("It was told to stop")));

const outcome = readConfig(process.env);
const faults = "faults" in outcome ? machineFaults(outcome.meant, outcome.faults) : preflight(outcome.config);
if ("faults" in outcome || faults.length > 0) refuse(faults);
const { config } = outcome;
const { distribution } = config;

try {
  if (distribution) await (await import("./distributed/run.ts")).run({ ...config, distribution }, stop.signal);
  else await (await import("./run_embedded.ts")).run(config, stop.signal);
} catch (error) {
  refuse([error instanceof Error ? error.message : String(error)]);
}
process.exit(0);
