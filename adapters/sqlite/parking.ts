import type { Database } from "bun:sqlite";
import { readPlaces, writeCursor } from "../../ports/adapting.ts";
import type { Parked, Parking } from "../../ports/messaging.ts";
import { groupCommit } from "./_group_commit.ts";
import { reading } from "./database.ts";

type Row = { place: number; id: string; consumer: string; envelope: string; reason: string; retryable: number };

/** Keeps parked events in the consumer's own database. */
export function createParking(database: Database): Parking {
  database.run(`CREATE TABLE IF NOT EXISTS parking (
    place INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, consumer TEXT NOT NULL,
    kind TEXT NOT NULL, aggregate TEXT NOT NULL, revision INTEGER NOT NULL, envelope TEXT NOT NULL, reason TEXT NOT NULL, retryable INTEGER NOT NULL,
    UNIQUE (consumer, kind, aggregate, revision)
  )`);
  database.run(`CREATE TABLE IF NOT EXISTS dismissed (
    consumer TEXT NOT NULL, kind TEXT NOT NULL, aggregate TEXT NOT NULL, revision INTEGER NOT NULL,
    PRIMARY KEY (consumer, kind, aggregate, revision)
  ) WITHOUT ROWID`);
  const findEarlier = database.query(
    "SELECT 1 FROM parking WHERE consumer = ? AND kind = ? AND aggregate = ? AND revision < ?",
  );
  const findDismissed = database.query(
    "SELECT 1 FROM dismissed WHERE consumer = ? AND kind = ? AND aggregate = ? AND revision = ?",
  );
  const insert = database.query(`INSERT INTO parking
    (id, consumer, kind, aggregate, revision, envelope, reason, retryable) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (consumer, kind, aggregate, revision) DO NOTHING`);
  const page = database.query<Row, [number, number]>("SELECT * FROM parking WHERE place > ? ORDER BY place LIMIT ?");
  const remove = database.query("DELETE FROM parking WHERE id = ?");
  const remember = database.query(`INSERT INTO dismissed
    SELECT consumer, kind, aggregate, revision FROM parking WHERE id = ? ON CONFLICT DO NOTHING`);
  const write = groupCommit(database);
  return {
    standing: (consumer, { kind, aggregate, revision }) =>
      reading(() => {
        const event = [consumer, kind, aggregate, revision] as const;
        if (findDismissed.get(...event)) return "dismissed";
        return findEarlier.get(...event) ? "closed" : "open";
      }),
    async park(consumer, event, reason, retryable) {
      const { kind, aggregate, revision } = event;
      const values = [consumer, kind, aggregate, revision, JSON.stringify(event), reason, Number(retryable)] as const;
      await write(() => {
        if (!findDismissed.get(consumer, kind, aggregate, revision)) insert.run(Bun.randomUUIDv7(), ...values);
      });
    },
    list: ({ after, limit }) =>
      reading(() => {
        const rows = page.all(after === undefined ? 0 : (readPlaces(after, 1)[0] ?? 0), limit + 1);
        const items = rows.slice(0, limit);
        const last = items.at(-1);
        return {
          items: items.map(parked),
          ...(rows.length > limit && last && { next: writeCursor([`${last.place}`]) }),
        };
      }),
    remove: (id) => write(() => (remove.run(id).changes > 0 ? "removed" : "absent")),
    dismiss: (id) =>
      write(() => {
        remember.run(id);
        return remove.run(id).changes > 0 ? "removed" : "absent";
      }),
  };
}

function parked({ id, consumer, envelope, reason, retryable }: Row): Parked {
  return { id, consumer, event: JSON.parse(envelope), reason, retryable: retryable === 1 };
}
