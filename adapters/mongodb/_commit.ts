import type { ClientSession } from "mongodb";
import { record } from "../../ports/adapting.ts";
import { type Change, type Clock, OutboxFull, StoreUnreachable, WrittenByNewerRelease } from "../../ports/mod.ts";
import { type AggregateDocument, type Aggregates, nameOf, type Outgoing } from "./_aggregates.ts";
import type { Backlog } from "./_backlog.ts";
import { isDuplicate } from "./_faults.ts";
import type { Filing } from "./_filing.ts";
import { toStored } from "./_json.ts";
import type { createMemory } from "./_known.ts";
import type { Database } from "./database.ts";

/** Bytes that a document may have, outbox and state together: MongoDB ends at 16 MB, and each commit writes all of it. */
const largestDocument = 8 * 1024 * 1024;

type Write = {
  readonly change: Change;
  readonly outgoing: readonly Outgoing[];
  readonly head: string;
  readonly commit: string;
};

/** Of several writes in one transaction, the one that met another document than it expected. */
class Unmatched extends Error {
  readonly write: Write;
  constructor(write: Write) {
    super();
    this.write = write;
  }
}

type Dependencies = {
  readonly database: Database;
  readonly aggregates: Aggregates;
  readonly memory: ReturnType<typeof createMemory>;
  readonly backlog: Backlog;
  readonly filing: Filing;
  readonly clock: Clock;
  /** Events that an outbox may hold. */
  readonly fullAt: number;
};

/** Commits states and events, each aggregate in one write of its document that is guarded by its revision. */
export function createCommit({ database, aggregates, memory, backlog, filing, clock, fullAt }: Dependencies) {
  const { reach, transaction, patiently, deadline } = database;

  /** The hash of the aggregate's last event; undefined where another one is the last by now. */
  async function headOf({ kind, id, revision }: Change): Promise<string | undefined> {
    if (revision === 0) return "";
    const known = memory.get(nameOf(kind, id));
    if (known?.revision === revision) return known.head;
    const collection = await aggregates.of(kind)();
    const found = await reach(() => collection.findOne({ _id: { $eq: id }, revision }, { projection: { head: 1 } }));
    return found?.head;
  }

  async function prepare(change: Change, commit: string): Promise<Write | undefined> {
    const head = await headOf(change);
    if (head === undefined) return undefined;
    const recorded = record(change, head, clock);
    const outgoing = recorded.map(({ envelope, stored, hash }): Outgoing => {
      const { revision, at, cause } = envelope;
      return {
        revision,
        ...(cause.key !== undefined && { key: cause.key }),
        actor: cause.actor,
        at,
        stored,
        hash,
        commit,
      };
    });
    return { change, outgoing, head: outgoing.at(-1)?.hash ?? head, commit };
  }

  /** Answers the revisions in the outbox, or undefined where the document is another one than the decision was made on. */
  async function write(
    { change, outgoing, head }: Write,
    session?: ClientSession,
  ): Promise<readonly number[] | undefined> {
    const { kind, schema, id, revision, state } = change;
    const collection = await aggregates.of(kind)();
    const within = session ? { session } : {};
    const fields = { revision: revision + outgoing.length, schema, state: toStored(state), head };
    if (revision === 0) {
      try {
        await reach(() => collection.insertOne({ _id: id, ...fields, outbox: outgoing }, within));
        return outgoing.map((each) => each.revision);
      } catch (error) {
        if (isDuplicate(error)) return undefined;
        throw error;
      }
    }
    const expected = {
      ...{ _id: { $eq: id }, revision, schema: { $lte: schema } },
      [`outbox.${fullAt - outgoing.length}`]: { $exists: false },
      $expr: { $lt: [{ $bsonSize: "$$ROOT" }, largestDocument] },
    };
    const update = { $set: fields, $push: { outbox: { $each: [...outgoing] } } };
    const options = { ...within, returnDocument: "after", projection: { _id: 0, "outbox.revision": 1 } } as const;
    const written = await reach(() => collection.findOneAndUpdate(expected, update, options));
    return written?.outbox.map((each) => each.revision);
  }

  async function attempt(writes: readonly Write[]): Promise<readonly (readonly number[])[]> {
    const writeAll = async (session?: ClientSession) => {
      const outboxes: (readonly number[])[] = [];
      for (const each of writes) {
        const outbox = await write(each, session);
        if (!outbox) throw new Unmatched(each);
        outboxes.push(outbox);
      }
      return outboxes;
    };
    return writes.length === 1 ? await writeAll() : await transaction(writeAll);
  }

  /** Whether it was this very commit that wrote what the document has beyond the revision: an earlier try, whose answer was lost. */
  async function wrote({ change, outgoing, commit }: Write, found: AggregateDocument): Promise<boolean> {
    const { kind, id, revision } = change;
    const last = revision + outgoing.length;
    if (found.revision < last) return false;
    const waiting = found.outbox.find((each) => each.revision === last);
    const event = `${nameOf(kind, id)}/${last}`;
    const writer = waiting?.commit ?? (await filing.commitOf(event));
    if (writer === undefined) throw new Error(`Cannot change ${kind} "${id}": the journal lacks ${event}`);
    return writer === commit;
  }

  async function look({ kind, id }: Change, level: "majority" | "linearizable"): Promise<AggregateDocument | null> {
    const collection = await aggregates.of(kind)();
    const projection = { revision: 1, schema: 1, "outbox.revision": 1, "outbox.commit": 1 };
    return await reach(() =>
      collection.findOne({ _id: { $eq: id } }, { projection, readConcern: { level }, maxTimeMS: deadline }),
    );
  }

  /** Why a write met another document than it expected. */
  async function judge(unmatched: Write): Promise<"committed" | "conflict"> {
    const { change } = unmatched;
    const { kind, id, revision, schema } = change;
    let found = await look(change, "majority");
    // A majority may not have yet what the primary has from an earlier try. What is beyond the revision is final.
    if (!found || found.revision <= revision) found = await look(change, "linearizable");
    if (!found) return "conflict";
    if (await wrote(unmatched, found)) return "committed";
    if (found.schema > schema) {
      throw new WrittenByNewerRelease(`Cannot change ${kind} "${id}": a newer release wrote it`);
    }
    if (found.revision !== revision) return "conflict";
    throw new OutboxFull(`Cannot change ${kind} "${id}": its events wait for the bus`);
  }

  /** An outcome that nobody knows is found out by trying the same again: the revision lets it happen once. */
  function settle(writes: readonly Write[]): Promise<"committed" | "conflict" | readonly (readonly number[])[]> {
    return patiently(async () => {
      try {
        return await attempt(writes);
      } catch (error) {
        if (error instanceof Unmatched) return await judge(error.write);
        throw error;
      }
    });
  }

  return async (...changes: readonly Change[]): Promise<"committed" | "conflict"> => {
    const prepared = await Promise.all(changes.map((change) => prepare(change, Bun.randomUUIDv7())));
    const writes = prepared.filter((each) => each !== undefined);
    if (writes.length < changes.length) return "conflict";
    backlog.admit();
    try {
      const outcome = await settle(writes);
      if (outcome === "conflict") return "conflict";
      for (const [place, { change, outgoing, head }] of writes.entries()) {
        const { kind, id } = change;
        const name = nameOf(kind, id);
        const keys = new Set(memory.get(name)?.keys);
        if (change.cause.key !== undefined) keys.add(change.cause.key);
        memory.learn(name, { revision: change.revision + outgoing.length, head, keys });
        // What an earlier try wrote has been seen by nobody: its outbox is looked at.
        if (outcome === "committed") backlog.reload(kind, id);
        else backlog.add(kind, id, outgoing, outcome[place] ?? []);
      }
      return "committed";
    } catch (error) {
      // It may have been written, or be written yet.
      if (error instanceof StoreUnreachable) for (const { kind, id } of changes) backlog.reload(kind, id);
      throw error;
    }
  };
}
