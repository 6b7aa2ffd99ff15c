import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { freePort } from "../servers/mod.ts";
import { type ProcessName, processNames } from "../service_names.ts";
import { type Backing, startBacking } from "./backing.ts";
import { untilReady } from "./ready.ts";
import { type Common, environmentOf, type Replica, startReplica } from "./replica.ts";

type Options = {
  /** A folder for the servers' files and everybody's log. */
  readonly folder: string;
  /** Where the gateway listens. */
  readonly port: number;
  readonly common: Common;
  /** How many processes of each service there are. Default: one. */
  readonly replicas?: Partial<Record<ProcessName, number>>;
  readonly tell?: (line: string) => void;
  /** What processes are given in the servers' and the networks' place: something between them, say. */
  readonly between?: (backing: Backing, common: Common) => Promise<{ backing: Backing; common: Common }>;
};

/** A place that a process is kept running at. */
type Seat = { readonly environment: Readonly<Record<string, string>>; replica: Replica };

export type Cluster = AsyncDisposable & {
  readonly url: string;
  readonly backing: Backing;
  /** The processes that run now. */
  replicas(service?: ProcessName): readonly Replica[];
};

const pause = 300;

/** A platform of six services, gateway and keeper, each a process that is started again when it ends, with its servers. */
export async function startCluster(options: Options): Promise<Cluster> {
  const {
    folder,
    port,
    replicas = {},
    tell = () => {},
    between = async (backing, common) => ({ backing, common }),
  } = options;
  await using starting = new AsyncDisposableStack();
  tell("Starting the servers: SecantusDB, nats-server, a fake Key Vault");
  const { backing, common } = await between(starting.use(await startBacking(folder)), options.common);
  const logs = join(folder, "logs");
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  const seats = new Set<Seat>();
  let ending = false;

  function seat(service: ProcessName): void {
    const own = service === "gateway" ? port : freePort();
    const distribution = backing.distribution(service, `http://127.0.0.1:${own}`);
    const environment = { ...environmentOf(common, distribution, own), ...backing.env };
    const start = () => startReplica({ environment, logs, ended });
    const taken: Seat = { environment, replica: start() };
    seats.add(taken);

    async function ended(code: number | null): Promise<void> {
      tell(`${service} ended (${code ?? "by a signal"}): it is started again`);
      await setTimeout(pause);
      if (!ending) taken.replica = start();
    }
  }

  starting.defer(async () => {
    ending = true;
    await Promise.all([...seats].map(({ replica }) => replica[Symbol.asyncDispose]()));
  });
  tell("Starting the services");
  for (const service of processNames) {
    for (let count = replicas[service] ?? 1; count > 0; count--) seat(service);
  }
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url).catch(() => {
    throw new Error(`Not every service has come up: their logs are in ${logs}`);
  });
  const end = starting.move();
  return {
    ...{ url, backing },
    replicas: (service) =>
      [...seats].map(({ replica }) => replica).filter(({ name }) => service === undefined || name === service),
    [Symbol.asyncDispose]: () => end.disposeAsync(),
  };
}
