import { untilAborted } from "../until_aborted.ts";
import { type ProcessConfig, startProcess } from "./process.ts";

/** One process of a distributed platform, until the signal aborts. */
export async function run(config: ProcessConfig, signal: AbortSignal): Promise<void> {
  const { service, address } = config.distribution;
  await using _ = await startProcess(config, signal);
  process.stdout.write(`Lucent's ${service} is running${service === "keeper" ? "" : ` at ${address}`}\n`);
  await untilAborted(signal);
}
