import { createLog } from "../adapters/pino/mod.ts";
import type { Log } from "../ports/mod.ts";
import type { Config } from "./config.ts";
import { startPlatform } from "./platform.ts";
import { lockFolder } from "./preflight.ts";
import { untilAborted } from "./until_aborted.ts";

/** The platform in this process, until the signal aborts. */
export async function run(config: Config, signal: AbortSignal): Promise<void> {
  using lock = lockFolder(config.data);
  if (!lock) throw new Error(`LUCENT_DATA: another Lucent uses "${config.data}"`);
  await using running = new AsyncDisposableStack();
  const log = createLog({ level: config.logLevel });
  const local = config.networks === "local" ? running.use(await startLocally(config.data, log)) : undefined;
  const platform = running.use(
    await startPlatform({
      ...config,
      networks: config.networks === "local" ? (local?.networks ?? []) : config.networks,
      superAdmins: config.superAdmins === "development" ? (local?.superAdmins ?? []) : config.superAdmins,
      prices: [...(local?.prices ?? []), ...config.prices],
    }),
  );
  if (local && config.demoData) await local.seed(platform.url);
  process.stdout.write(banner(platform.url, config.publicUrl, local?.about ?? []));
  await untilAborted(signal);
  process.stdout.write("Stopping: what is under way is finished first\n");
}

/** Only who asks for the local chain loads it. */
async function startLocally(data: string, log: Log) {
  const { startDevelopment } = await import("./development/mod.ts");
  return startDevelopment(data, log);
}

export function banner(url: string, publicUrl: string, about: readonly string[]): string {
  const lines = [
    "Lucent is running",
    `  API         ${url}`,
    `  Swagger UI  ${url}/docs`,
    ...(publicUrl === url ? [] : [`  public as   ${publicUrl}`]),
    ...about,
  ];
  return `${lines.join("\n")}\n`;
}
