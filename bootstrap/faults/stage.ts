/**
 * What a campaign tortures: a platform of processes on a chain and a folder of its own.
 *
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Refused } from "../client.ts";
import { type Cluster, startCluster } from "../cluster/cluster.ts";
import type { Common } from "../cluster/replica.ts";
import { type DevelopmentName, developmentSigner } from "../development/accounts.ts";
import { type Development, startDevelopment } from "../development/mod.ts";
import { freePort } from "../servers/mod.ts";
import type { ProcessName } from "../service_names.ts";
import type { Outcome } from "./campaign.ts";
import { createPerson, type Person } from "./person.ts";
import { type Between, putBetween } from "./proxied.ts";

export type Stage = {
  readonly url: string;
  readonly cluster: Cluster;
  readonly development: Development;
  /** The play on offer. */
  readonly play: string;
  readonly team: { readonly admin: Person; readonly approver: Person };
  /** What stands between services and servers, where something does. */
  readonly proxies?: Between["proxies"];
};

type Options = {
  readonly tell: (line: string) => void;
  readonly replicas?: Partial<Record<ProcessName, number>>;
  readonly play: (stage: Stage) => Promise<Outcome>;
  /** Whether a Toxiproxy stands between services and servers. */
  readonly proxied?: boolean;
};

/** Starts a platform with a play on offer for the time of a campaign. Where that finds faults, the logs stay. */
export async function onStage({ tell, replicas = {}, play, proxied = false }: Options): Promise<Outcome> {
  const data = mkdtempSync(join(tmpdir(), "lucent-faults-"));
  const folder = join(data, "distributed");
  let good = false;
  await using running = new AsyncDisposableStack();
  running.defer(() => {
    if (good) rmSync(data, { recursive: true, force: true });
    else tell(`The logs are in ${join(folder, "logs")}`);
  });
  const development = running.use(await startDevelopment(data, () => {}));
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const { superAdmins, networks } = development;
  const common: Common = {
    ...{ publicUrl: url, origins: [], superAdmins, prices: [], networks },
    ...{ logLevel: "info", rateLimits: "off" },
  };
  let between: Between | undefined;
  const cluster = running.use(
    await startCluster({
      ...{ folder, port, common, replicas },
      async between(backing, common) {
        if (!proxied) return { backing, common };
        between = await putBetween(backing, networks, running);
        return { backing: between.backing(backing), common: { ...common, networks: between.networks } };
      },
    }),
  );
  await seeded(development, url);
  const person = (name: DevelopmentName) => createPerson(url, developmentSigner(name));
  const team = { admin: person("admin"), approver: person("approver") };
  const catalogue = await team.admin.read<{ items: readonly { readonly id: string }[] }>("/v1/plays");
  tell("The platform stands");
  const stage = { url, cluster, development, team, play: catalogue.items[0]?.id ?? "" };
  const outcome = await play({ ...stage, ...(between && { proxies: between.proxies }) });
  good = outcome.faults.length === 0;
  return outcome;
}

/** On a machine that is busy the first answers may come too late. What was drafted by then is left alone. */
async function seeded({ seed }: Development, url: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await seed(url);
    } catch (error) {
      if (tries === 5 || !(error instanceof Refused && error.status === 503)) throw error;
      await Bun.sleep(1_000);
    }
  }
}
