import type { Database } from "bun:sqlite";
import type { Places } from "../../ports/messaging.ts";
import { groupCommit } from "./_group_commit.ts";
import { reading } from "./database.ts";

/** Keeps places and leases in the consumer's own database; its replicas share the file, and so the clock. */
export function createPlaces(database: Database): Places {
  database.run(`CREATE TABLE IF NOT EXISTS place (
    consumer TEXT NOT NULL, kind TEXT NOT NULL, place TEXT, holder TEXT, until INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (consumer, kind)
  ) WITHOUT ROWID`);
  const reached = database.query<{ place: string | null }, [string, string]>(
    "SELECT place FROM place WHERE consumer = ? AND kind = ?",
  );
  const advance = database.query("UPDATE place SET place = ? WHERE consumer = ? AND kind = ? AND holder = ?");
  const others = database.query<unknown, [string, string, string, number]>(
    "SELECT 1 FROM place WHERE consumer = ? AND kind = ? AND holder <> ? AND until > ?",
  );
  const take = database.query(`INSERT INTO place (consumer, kind, holder, until) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET holder = excluded.holder, until = excluded.until
    WHERE holder IS NULL OR holder = excluded.holder OR until <= ?`);
  const release = database.query(
    "UPDATE place SET holder = NULL, until = 0 WHERE consumer = ? AND kind = ? AND holder = ?",
  );
  const write = groupCommit(database);
  return {
    get: ({ consumer, kind }) => reading(() => reached.get(consumer, kind)?.place ?? undefined),
    advance: ({ consumer, kind }, holder, place) =>
      write(() => (advance.run(place, consumer, kind, holder).changes > 0 ? "advanced" : "taken")),
    async acquire({ consumer, kind }, holder, milliseconds) {
      const now = Date.now();
      // Those who wait ask again and again: that writes nothing.
      if (await reading(() => others.get(consumer, kind, holder, now) !== null)) return "taken";
      return write(() => (take.run(consumer, kind, holder, now + milliseconds, now).changes > 0 ? "held" : "taken"));
    },
    release: ({ consumer, kind }, holder) => write(() => void release.run(consumer, kind, holder)),
  };
}
