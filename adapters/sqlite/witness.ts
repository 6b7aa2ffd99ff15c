import type { Database } from "bun:sqlite";
import type { Leaf, SignedRoot, WitnessStore } from "../../ports/mod.ts";
import { readPlaces, writeCursor } from "./_cursor.ts";
import { groupCommit } from "./_group_commit.ts";
import { reading } from "./database.ts";

type RootRow = { root: string };

/** Keeps roots and leaves in a database that should not be the witnessed service's own. */
export function createWitnessStore(database: Database): WitnessStore {
  database.run(`CREATE TABLE IF NOT EXISTS witness_root (
    service TEXT NOT NULL, number INTEGER NOT NULL, root TEXT NOT NULL, PRIMARY KEY (service, number)
  ) WITHOUT ROWID`);
  database.run(`CREATE TABLE IF NOT EXISTS witness_leaf (
    service TEXT NOT NULL, number INTEGER NOT NULL, place INTEGER NOT NULL, event TEXT NOT NULL, hash TEXT NOT NULL,
    PRIMARY KEY (service, number, place)
  ) WITHOUT ROWID`);
  const latest = database.query<RootRow & { number: number }, [string]>(
    "SELECT number, root FROM witness_root WHERE service = ? ORDER BY number DESC LIMIT 1",
  );
  const page = database.query<RootRow & { number: number }, [string, number, number]>(
    "SELECT number, root FROM witness_root WHERE service = ? AND number > ? ORDER BY number LIMIT ?",
  );
  const leavesOf = database.query<Leaf, [string, number]>(
    "SELECT event, hash FROM witness_leaf WHERE service = ? AND number = ? ORDER BY place",
  );
  const insertRoot = database.query("INSERT INTO witness_root VALUES (?, ?, ?)");
  const insertLeaf = database.query("INSERT INTO witness_leaf VALUES (?, ?, ?, ?, ?)");
  const write = groupCommit(database);
  return {
    latest: (service) =>
      reading(() => {
        const row = latest.get(service);
        return row ? rootOf(row) : undefined;
      }),
    append: (root, leaves) =>
      write(() => {
        const { service, number } = root;
        if (number !== (latest.get(service)?.number ?? 0) + 1) return "conflict";
        insertRoot.run(service, number, JSON.stringify(root));
        for (const [place, { event, hash }] of leaves.entries()) insertLeaf.run(service, number, place, event, hash);
        return "kept";
      }),
    read: (service, { after, limit }) =>
      reading(() => {
        const rows = page.all(service, after === undefined ? 0 : (readPlaces(after, 1)[0] ?? 0), limit + 1);
        const items = rows.slice(0, limit).map((row) => ({
          root: rootOf(row),
          leaves: leavesOf.all(service, row.number).map(({ event, hash }) => ({ event, hash })),
        }));
        const last = rows[limit - 1];
        return { items, ...(rows.length > limit && last && { next: writeCursor([`${last.number}`]) }) };
      }),
  };
}

function rootOf({ root }: RootRow): SignedRoot {
  return JSON.parse(root);
}
