import { MongoClient } from "mongodb";
import { createStores, openDatabase } from "../adapters/mongodb/mod.ts";
import { createClock } from "../adapters/system/mod.ts";
import { startSecantus } from "../bootstrap/servers/mod.ts";
import { ledgerKind } from "../domains/portfolio/mod.ts";
import { inTurns, median, ratePerSecond } from "./_measure.ts";
import type { Figure } from "./_report.ts";
import { onSecantus } from "./_servers.ts";
import { openFolder, post } from "./_stand.ts";

const milliseconds = 1_000;
const rounds = 7;

type Kept = { readonly _id: string; readonly outbox: readonly object[] };

/** What a durable command costs through the adapter, against the raw driver reading and writing the same document. */
export const mongodb = () => onSecantus(measure);

async function measure(): Promise<Figure[]> {
  using folder = openFolder();
  await using server = await startSecantus({ storage: folder.path });
  await using database = openDatabase({ url: server.url, name: "adapter" });
  const stores = createStores(database, createClock());
  const ledgers = stores.open(ledgerKind);
  await stores.ready();
  const command = () => post(ledgers, Bun.randomUUIDv7());
  await command();
  const byHand = await rawWriter(server.url, await database.db.collection<Kept>("aggregate_ledger").findOne({}));
  await using _ = byHand;

  const figures: Figure[] = [];
  for (const [inFlight, how] of [
    [1, "one by one"],
    [16, "16 in flight"],
  ] as const) {
    const samples = await inTurns(rounds, {
      adapter: () => ratePerSecond(milliseconds, inFlight, command),
      raw: () => ratePerSecond(milliseconds, inFlight, byHand.write),
    });
    const rate = (of: "adapter" | "raw") => median(samples, (sample) => sample[of]).toFixed(0);
    figures.push({
      what: `SecantusDB: durable command against raw driver, ${how}`,
      value: median(samples, ({ adapter, raw }) => adapter / raw),
      unit: "×",
      goal: { atLeast: 0.7 },
      notes: [
        `${rate("adapter")}/s against ${rate("raw")}/s of the same read and write; nothing carries events meanwhile`,
      ],
    });
  }
  return figures;
}

/** Reads an id and inserts a document as the adapter wrote one, with the same index and as durably. */
async function rawWriter(url: string, example: Kept | null) {
  if (!example) throw new Error("Cannot write by hand: there is no example");
  const client = new MongoClient(url, {
    readConcern: { level: "majority" },
    writeConcern: { w: "majority", journal: true },
  });
  const collection = client.db("raw").collection<Kept>("aggregate_ledger");
  const unsent = { partialFilterExpression: { "outbox.0.at": { $exists: true } } };
  await collection.createIndex({ "outbox.0.at": 1 }, unsent);
  return {
    async write() {
      const _id = Bun.randomUUIDv7();
      await collection.findOne({ _id });
      await collection.insertOne({ ...example, _id });
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}
