import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { MongoClient } from "mongodb";
import { type Connection, keepStreams } from "../../adapters/nats/mod.ts";
import { type Backing, startBacking } from "../cluster/backing.ts";
import { allKinds } from "../distributed/accounts.ts";
import { databaseOf, urlOf } from "../distributed/ground.ts";
import type { Campaign } from "./campaign.ts";
import { connectAs } from "./connecting.ts";

export const name = "breaches";
export const what = "12 things that a service's credentials do not allow, on NATS and the database";

/** Rejects where it is refused. */
type Breach = () => Promise<unknown>;

const answersWithin = 2_000;

export const run: Campaign["run"] = async ({ tell }) => {
  const folder = mkdtempSync(join(tmpdir(), "lucent-breaches-"));
  try {
    await using backing = await startBacking(folder);
    await using running = new AsyncDisposableStack();
    const keeping = running.use(await connectAs(backing, "keeper"));
    running.use(await keepStreams({ connection: keeping, kinds: allKinds, log: () => {} }));
    const breaches = { ...(await onNats(backing, running)), ...onDatabase(backing) };
    const faults: string[] = [];
    for (const [told, breach] of Object.entries(breaches)) {
      const outcome = await breach().then(
        () => "it was allowed",
        (error: Error) => error,
      );
      const refused =
        outcome instanceof Error &&
        /permission|not authorized|refuses the credentials/i.test(`${outcome} ${outcome.cause}`);
      tell(`${refused ? "refused" : "NOT REFUSED"}: ${told}`);
      if (!refused) faults.push(`${told}: ${outcome}`);
    }
    return {
      figures: { breaches: Object.keys(breaches).length, refused: Object.keys(breaches).length - faults.length },
      faults,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** What the task service could try, were it taken over. */
async function onNats(backing: Backing, running: AsyncDisposableStack): Promise<Record<string, Breach>> {
  const { nats }: Connection = running.use(await connectAs(backing, "task"));
  const manager = await jetstreamManager(nats, { checkAPI: false });
  const js = jetstream(nats);
  return {
    "publishing another service's event": () => js.publish("lucent.transfer.v1.transfer-settled.t1", "{}"),
    "publishing it past JetStream": () =>
      violating(nats, () => nats.publish("lucent.deposit.v1.deposit-final.d1", "{}")),
    "listening to all subjects": () => violating(nats, () => nats.subscribe("lucent.>")),
    "listening to another's inbox": () => violating(nats, () => nats.subscribe("_INBOX_wallet.>")),
    "answering in another's name": () => violating(nats, () => nats.subscribe("lucent.query.wallet.v1.balances")),
    "asking what it may not": () => nats.request("lucent.query.user.v1.journal", "{}", { timeout: answersWithin }),
    "reading a kind that it does not consume": () =>
      manager.consumers.add("lucent-nonce", { name: "intruder", ack_policy: "none" }),
    "making a stream that copies another": () =>
      manager.streams.add({ name: "copy", sources: [{ name: "lucent-nonce" }] }),
    "emptying a stream": () => manager.streams.purge("lucent-order"),
    "coming with another's name": async () =>
      void running.use(await connectAs(backing, "wallet", backing.passwordOf("task", "nats-password"))),
  };
}

/** Resolves where the server says nothing against it. */
async function violating(nats: NatsConnection, attempt: () => unknown): Promise<void> {
  const { promise: refused, reject } = Promise.withResolvers<never>();
  const watching = (async () => {
    for await (const status of nats.status()) if (status.type === "error") reject(status.error);
  })();
  watching.catch(() => {});
  attempt();
  await Promise.race([refused, nats.flush().then(() => Bun.sleep(200))]);
}

function onDatabase(backing: Backing): Record<string, Breach> {
  const password = backing.passwordOf("task", "mongodb-password");
  const { mongodb = "" } = backing.distribution("task", "");

  async function use(work: (client: MongoClient) => Promise<unknown>): Promise<void> {
    const client = new MongoClient(own, { serverSelectionTimeoutMS: answersWithin });
    try {
      await work(client);
    } finally {
      await client.close();
    }
  }

  const own = urlOf({ mongodb, service: "task", password, authority: undefined });
  const wallets = (client: MongoClient) => client.db(databaseOf("wallet")).collection("wallet");
  return {
    "reading another service's database": () => use((client) => wallets(client).findOne()),
    "writing to it": () => use((client) => wallets(client).insertOne({ stolen: true })),
  };
}
