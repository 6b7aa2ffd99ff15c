import { leaseKind, type Stores } from "../../ports/adapting.ts";
import {
  type AggregateKind,
  type AggregateStore,
  type Clock,
  type Loaded,
  type Log,
  lift,
  schemaOf,
} from "../../ports/mod.ts";
import { type AggregateDocument, createAggregates, nameOf } from "./_aggregates.ts";
import { createBacklog } from "./_backlog.ts";
import { prepareAll } from "./_collection.ts";
import { createCommit } from "./_commit.ts";
import { createFiling } from "./_filing.ts";
import { findPage } from "./_find.ts";
import { createJournalReader } from "./_journal_reader.ts";
import { fromStored } from "./_json.ts";
import { createMemory } from "./_known.ts";
import { type SweepTimes, startSweep } from "./_sweep.ts";
import type { Database } from "./database.ts";
import { createRecords } from "./records.ts";

/** A collection for each kind of aggregate or record, one journal for all events. */
export type MongoStores = Stores & {
  /** Makes the collections and indexes of all that is open in the database: at boot, rather than with the first who use them. */
  ready(): Promise<void>;
  /** Takes over what dead processes left in their outboxes, until disposed. */
  sweep(log: Log, times?: SweepTimes): AsyncDisposable;
};

/** How many events may wait for the bus before commits are refused: a retryable fault, `OutboxFull`. */
export type Limits = {
  /** Of one aggregate. Default: 1,000. */
  readonly outbox?: number;
  /** Of this process. Default: 20,000. */
  readonly backlog?: number;
};

export function createStores(
  database: Database,
  clock: Clock,
  { outbox: fullAt = 1_000, backlog: most = 20_000 }: Limits = {},
): MongoStores {
  const { reach } = database;
  const aggregates = createAggregates(database);
  const filing = createFiling(database);
  const memory = createMemory();
  const backlog = createBacklog({ database, aggregates, filing, most });
  const commit = createCommit({ database, aggregates, memory, backlog, filing, clock, fullAt });
  const leases = createRecords(database, leaseKind);

  /** In the outbox first: what is no more there is in the journal by then. */
  async function recorded(kind: string, id: string, key: string): Promise<boolean> {
    const known = memory.get(nameOf(kind, id));
    if (known?.keys.has(key)) return true;
    if (!known) {
      const collection = await aggregates.of(kind)();
      const filter = { _id: { $eq: id }, "outbox.key": { $eq: key } };
      if (await reach(() => collection.findOne(filter, { projection: { _id: 1 } }))) return true;
    }
    return await filing.recorded(kind, id, key);
  }

  return {
    outbox: backlog.outbox,
    journal: createJournalReader({ database, filing, settled: backlog.settled }),
    records: (kind) => createRecords(database, kind),
    ready: () => prepareAll(database),
    sweep: (log, times = {}) => startSweep({ database, aggregates, backlog, leases, clock, log }, times),
    open<State, Event>(kind: AggregateKind<State, Event>): AggregateStore<State, Event> {
      const searched = aggregates.open(kind.name, kind.indexes);
      const collection = aggregates.of(kind.name);
      const newest = schemaOf(kind);
      const read = ({ _id: id, revision, schema, state }: AggregateDocument): Loaded<State> => {
        const stored = fromStored(state) as State;
        return { id, revision, state: schema < newest ? (lift(kind, "state", schema, stored) as State) : stored };
      };
      return {
        kind,
        commit,
        async load(id) {
          const projection = { revision: 1, schema: 1, state: 1, head: 1, "outbox.key": 1 };
          const documents = await collection();
          const found = await reach(() => documents.findOne({ _id: { $eq: id } }, { projection }));
          const { revision, head, outbox } = found ?? { revision: 0, head: "", outbox: [] };
          const keys = outbox.map(({ key }) => key).filter((key) => key !== undefined);
          memory.learn(nameOf(kind.name, id), { revision, head, keys: new Set(keys) });
          return found ? read(found) : { id, revision: 0, state: kind.initial };
        },
        recorded: (id, key) => recorded(kind.name, id, key),
        async find(query) {
          const { items, ...next } = await findPage(database, await collection(), searched, query);
          return { items: items.map(read), ...next };
        },
      };
    },
  };
}
