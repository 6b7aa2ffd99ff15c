import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Cluster, startCluster } from "../bootstrap/cluster/cluster.ts";
import type { Common } from "../bootstrap/cluster/replica.ts";
import { developmentSigner } from "../bootstrap/development/accounts.ts";
import { developmentNetworks } from "../bootstrap/development/networks.ts";
import { freePort } from "../bootstrap/servers/mod.ts";
import { serviceNames } from "../bootstrap/service_names.ts";
import { load } from "./_http.ts";
import { inTurns, median } from "./_measure.ts";
import { renaming, signInMany } from "./_people.ts";
import type { Figure } from "./_report.ts";
import { onSecantus } from "./_servers.ts";
import { openFolder } from "./_stand.ts";

const connections = 16;
const milliseconds = 1_000;
const rounds = 5;
const rest = 20_000;

type Rates = { readonly reads: number; readonly commands: number };

/** Six services as processes on this machine, with their servers: what they take, and what a second process of each gives. */
export const services = () => onSecantus(measure);

async function measure(): Promise<Figure[]> {
  let memory = { proportional: Number.NaN, resident: Number.NaN };
  const one = await withCluster(1, async (cluster) => {
    await Bun.sleep(rest);
    memory = memoryOf(cluster);
    return ratesOf(cluster);
  });
  const two = await withCluster(2, ratesOf);
  const notes = [
    "The machine's cores, the load and SecantusDB are shared by all: more cores, and MongoDB, give other ratios.",
  ];
  return [
    {
      what: "Memory of the six services at rest, pages that they share counted once",
      value: memory.proportional,
      unit: "MB",
      goal: { below: 600 },
      notes: [`${memory.resident.toFixed(0)} MB where each process counts the pages of Bun's program again`],
    },
    { what: "Catalogue reads through the gateway", value: one.reads, unit: "/s" },
    { what: "Durable commands through the gateway, on SecantusDB", value: one.commands, unit: "/s" },
    { what: "Catalogue reads, two processes of a service against one", value: two.reads / one.reads, unit: "×", notes },
    { what: "Durable commands, two processes of a service against one", value: two.commands / one.commands, unit: "×" },
  ];
}

async function withCluster<Result>(count: number, work: (cluster: Cluster) => Promise<Result>): Promise<Result> {
  using folder = openFolder();
  const port = freePort();
  const common: Common = {
    ...{ publicUrl: `http://127.0.0.1:${port}`, origins: [], logLevel: "error", prices: [], rateLimits: "off" },
    ...{
      superAdmins: [developmentSigner("admin").account],
      networks: developmentNetworks("").map((network) => ({ ...network, rpc: [] })),
    },
  };
  const replicas = { user: count, play: count };
  await using cluster = await startCluster({ folder: join(folder.path, "services"), port, common, replicas });
  return await work(cluster);
}

async function ratesOf({ url }: Cluster): Promise<Rates> {
  const tokens = await signInMany(url, connections);
  const reading = tokens.map(() => ({ requests: [{ method: "GET", path: "/v1/plays" }] }));
  const writing = tokens.map(renaming);
  const measures = {
    reads: () => load(url, { lanes: reading, milliseconds }),
    commands: () => load(url, { lanes: writing, milliseconds }),
  };
  await inTurns(2, measures);
  const samples = await inTurns(rounds, measures);
  return { reads: median(samples, ({ reads }) => reads), commands: median(samples, ({ commands }) => commands) };
}

/** In megabytes, of the services alone: gateway, keeper and servers are not theirs. */
function memoryOf({ replicas }: Cluster) {
  const rollups = serviceNames.flatMap((name) =>
    replicas(name).map(({ pid }) => readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")),
  );
  const sum = (what: string) =>
    rollups.reduce((total, text) => total + Number(new RegExp(`^${what}: +(\\d+) kB`, "m").exec(text)?.[1]), 0) / 1024;
  return { proportional: sum("Pss"), resident: sum("Rss") };
}
