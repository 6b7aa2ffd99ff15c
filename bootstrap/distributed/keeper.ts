import { keepStreams } from "../../adapters/nats/mod.ts";
import { createLog } from "../../adapters/pino/mod.ts";
import type { Config, Distribution } from "../config.ts";
import { serviceNames } from "../service_names.ts";
import { allKinds } from "./accounts.ts";
import { joinNats } from "./joining.ts";
import { readSecrets } from "./secrets.ts";

type KeeperConfig = Pick<Config, "logLevel"> & { readonly distribution: Distribution };

/** Makes the streams of all kinds and where replicas count together, and again whenever one is gone, until disposed: no service may make any. */
export async function startKeeper({ distribution, logLevel }: KeeperConfig) {
  await using running = new AsyncDisposableStack();
  const log = createLog({ level: logLevel, service: "keeper" });
  const secrets = await readSecrets(distribution, "nats-password");
  const connection = running.use(await joinNats(distribution, secrets["nats-password"], log));
  running.use(await keepStreams({ connection, kinds: allKinds, counting: serviceNames, log }));
  return running.move();
}
