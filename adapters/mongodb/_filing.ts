import { setTimeout } from "node:timers/promises";
import type { IndexDescription } from "mongodb";
import { StoreUnreachable } from "../../ports/mod.ts";
import { type AggregateDocument, collectionOf, nameOf, type Outgoing } from "./_aggregates.ts";
import { prepare } from "./_collection.ts";
import { isDuplicate } from "./_faults.ts";
import type { Database } from "./database.ts";

/** An event of one aggregate on its way to the journal and the bus. */
export type Item = Outgoing & { readonly id: string; readonly kind: string; readonly aggregate: string };

/** An entry of the journal. Its place is behind all that were filed before. */
export type JournalDocument = Omit<Item, "id"> & { readonly _id: string; readonly place: number };

/** The last place given out, and to whom the last ones went while they may not all be taken. */
type Sequence = { readonly _id: string; readonly place: number; readonly batch?: Batch };
type Batch = { readonly token: string; readonly events: readonly Filed[] };
/** Enough to find the event in its aggregate's outbox. */
type Filed = Pick<Item, "kind" | "aggregate" | "revision">;

const indexes: readonly IndexDescription[] = [
  { key: { place: 1 } },
  { key: { kind: 1, place: 1 } },
  { key: { aggregate: 1, kind: 1, revision: 1 } },
  { key: { actor: 1, place: 1 } },
  { key: { at: 1 } },
  // Not unique: one command may record two events. Not partial: not every server finds by a partial index.
  { key: { kind: 1, aggregate: 1, key: 1 } },
];

const journal = { _id: "journal" };
/** Milliseconds after which a batch is taken for one whose process is gone. */
const patience = 1_500;

export type Filing = ReturnType<typeof createFiling>;

/**
 * Files events in the journal, each once. One batch after another, whoever files: the places of a batch are given out when
 * those before it are taken, so that who reads on from a place misses none. A batch whose process dies is finished by the next.
 */
export function createFiling(database: Database) {
  const { reach, patiently } = database;
  const entries = prepare<JournalDocument>(database, "journal", indexes);
  const sequences = prepare<Sequence>(database, "sequence", [], { ...journal, place: 0 });

  /** Gives out places once no other batch is under way; answers the first. */
  async function begin({ token, events }: Batch): Promise<number> {
    const sequence = await sequences();
    const update = { $inc: { place: events.length }, $set: { batch: { token, events: [...events] } } };
    let seen: { readonly token: string; readonly since: number } | undefined;
    for (;;) {
      const free = { ...journal, batch: { $exists: false } };
      const begun = await reach(() => sequence.findOneAndUpdate(free, update, { returnDocument: "after" }));
      const found = begun ?? (await reach(() => sequence.findOne(journal)));
      if (!found) throw new Error("Cannot journal: the sequence of places is gone");
      const { batch } = found;
      if (batch?.token === token) return firstOf(found);
      if (!batch) continue;
      if (seen?.token !== batch.token) seen = { token: batch.token, since: performance.now() };
      if (performance.now() - seen.since > patience) await finish(batch, firstOf(found));
      else await setTimeout(Math.random() * 10);
    }
  }

  async function end(token: string): Promise<void> {
    const sequence = await sequences();
    const ours = { ...journal, "batch.token": token };
    await reach(() => sequence.updateOne(ours, { $unset: { batch: "" } }));
  }

  /** What is not in an outbox any more is in the journal. */
  async function finish({ token, events }: Batch, first: number): Promise<void> {
    const places = new Map(events.map((event, index) => [idOf(event), first + index]));
    const documents: JournalDocument[] = [];
    for (const [kind, its] of Map.groupBy(events, (event) => event.kind)) {
      const aggregates = database.db.collection<AggregateDocument>(collectionOf(kind));
      const ids = [...new Set(its.map(({ aggregate }) => aggregate))];
      const options = { projection: { outbox: 1 } };
      const found = await reach(() => aggregates.find({ _id: { $in: ids } }, options).toArray());
      for (const { _id: aggregate, outbox } of found) {
        for (const outgoing of outbox) {
          const _id = idOf({ kind, aggregate, revision: outgoing.revision });
          const place = places.get(_id);
          if (place !== undefined) documents.push({ _id, place, kind, aggregate, ...outgoing });
        }
      }
    }
    await insert(documents.toSorted((a, b) => a.place - b.place));
    await end(token);
  }

  /** What the journal has already stays as it is, and where. Answers the ids under which it has another event. */
  async function insert(documents: readonly JournalDocument[]): Promise<ReadonlySet<string>> {
    if (documents.length === 0) return new Set();
    const entriesNow = await entries();
    try {
      await reach(() => entriesNow.insertMany(documents, { ordered: false }));
      return new Set();
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      const found = await hashesOf(documents.map(({ _id }) => _id));
      const missing = documents.find(({ _id }) => !found.has(_id));
      if (missing) throw new StoreUnreachable(`Cannot journal ${missing._id}`, { cause: error });
      return new Set(documents.filter(({ _id, hash }) => found.get(_id) !== hash).map(({ _id }) => _id));
    }
  }

  async function hashesOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const entriesNow = await entries();
    const options = { projection: { hash: 1 } };
    const found = await reach(() => entriesNow.find({ _id: { $in: [...ids] } }, options).toArray());
    return new Map(found.map(({ _id, hash }) => [_id, hash]));
  }

  return {
    entries,
    /** In this order, behind all that is filed. Answers the ids under which the journal has another event: those are not. */
    async file(items: readonly Item[]): Promise<ReadonlySet<string>> {
      if (items.length === 0) return new Set();
      const events = items.map(({ kind, aggregate, revision }) => ({ kind, aggregate, revision }));
      const batch: Batch = { token: Bun.randomUUIDv7(), events };
      return await patiently(async () => {
        const first = await begin(batch);
        const taken = await insert(items.map(({ id, ...item }, index) => ({ _id: id, place: first + index, ...item })));
        await end(batch.token);
        return taken;
      });
    },
    /** The last place up to which all are taken. */
    async settledPlace(): Promise<number> {
      const sequence = await sequences();
      const found = await reach(() => sequence.findOne(journal));
      return found ? firstOf(found) - 1 : 0;
    },
    /** The commit that wrote an event; undefined where the journal lacks it. */
    async commitOf(event: string): Promise<string | undefined> {
      const entriesNow = await entries();
      const found = await reach(() => entriesNow.findOne({ _id: event }, { projection: { commit: 1 } }));
      return found?.commit;
    },
    async recorded(kind: string, aggregate: string, key: string): Promise<boolean> {
      const entriesNow = await entries();
      // Texts, whatever a caller believes. SecantusDB finds nothing by a compound index where they are wrapped in $eq.
      const filter = { kind: `${kind}`, aggregate: `${aggregate}`, key: `${key}` };
      return (await reach(() => entriesNow.findOne(filter, { projection: { _id: 1 } }))) !== null;
    },
  };
}

/** The first place of the batch under way; without one, the place that comes next. */
function firstOf({ place, batch }: Sequence): number {
  return place + 1 - (batch?.events.length ?? 0);
}

function idOf({ kind, aggregate, revision }: Filed): string {
  return `${nameOf(kind, aggregate)}/${revision}`;
}
