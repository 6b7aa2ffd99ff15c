import type { Database } from "bun:sqlite";
import { createSignal, record } from "../../ports/adapting.ts";
import type { Outbox } from "../../ports/messaging.ts";
import type { Change, Clock, Envelope } from "../../ports/mod.ts";
import { groupCommit } from "./_group_commit.ts";
import { createJournalReader } from "./_journal_reader.ts";
import { reading } from "./database.ts";

/** Every event of a service, in the order of commits; those not yet with the bus are its outbox. */
export function createJournal(database: Database, clock: Clock, batch = 500) {
  database.run(`CREATE TABLE IF NOT EXISTS journal (
    place INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, aggregate TEXT NOT NULL, revision INTEGER NOT NULL,
    key TEXT, actor TEXT NOT NULL, at TEXT NOT NULL, envelope TEXT NOT NULL, hash TEXT NOT NULL,
    published INTEGER NOT NULL DEFAULT 0, UNIQUE (aggregate, kind, revision)
  )`);
  database.run("CREATE INDEX IF NOT EXISTS journal_kind ON journal (kind)");
  database.run("CREATE INDEX IF NOT EXISTS journal_key ON journal (kind, aggregate, key) WHERE key IS NOT NULL");
  database.run("CREATE INDEX IF NOT EXISTS journal_actor ON journal (actor)");
  database.run("CREATE INDEX IF NOT EXISTS journal_at ON journal (at)");
  database.run("CREATE INDEX IF NOT EXISTS journal_unpublished ON journal (place) WHERE published = 0");

  const insert = database.query(
    "INSERT INTO journal (kind, aggregate, revision, key, actor, at, envelope, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const hashOf = database.query<{ hash: string }, [string, string, number]>(
    "SELECT hash FROM journal WHERE kind = ? AND aggregate = ? AND revision = ?",
  );
  const keyed = database.query("SELECT 1 FROM journal WHERE kind = ? AND aggregate = ? AND key = ?");
  const unpublished = database.query<{ envelope: string }, [number]>(
    "SELECT envelope FROM journal WHERE published = 0 ORDER BY place LIMIT ?",
  );
  const mark = database.query("UPDATE journal SET published = 1 WHERE kind = ? AND aggregate = ? AND revision = ?");
  const write = groupCommit(database);
  const grown = createSignal();

  const outbox: Outbox = {
    async next(signal) {
      for (;;) {
        const seen = grown.count();
        const rows = await reading(() => unpublished.all(batch));
        if (rows.length > 0) return rows.map(({ envelope }): Envelope => JSON.parse(envelope));
        await grown.past(seen, signal);
      }
    },
    published: (events) =>
      write(() => {
        for (const { kind, aggregate, revision } of events) mark.run(kind, aggregate, revision);
      }),
  };

  return {
    outbox,
    journal: createJournalReader(database),
    grown,
    recorded: (kind: string, aggregate: string, key: string) => keyed.get(kind, aggregate, key) !== null,

    /** Call it inside the transaction that writes the state. */
    append(change: Change) {
      const { kind, id, revision: seen, cause } = change;
      const head = seen === 0 ? "" : hashOf.get(kind, id, seen)?.hash;
      if (head === undefined) throw new Error(`Cannot append to ${kind} "${id}": the journal lacks entry ${seen}`);
      for (const { envelope, stored, hash } of record(change, head, clock)) {
        insert.run(kind, id, envelope.revision, cause.key ?? null, cause.actor, envelope.at, stored, hash);
      }
    },
  };
}
