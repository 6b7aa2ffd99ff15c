import type { Database } from "bun:sqlite";
import { readPlaces, writeCursor } from "../../ports/adapting.ts";
import type { SignedRoot, WitnessStore } from "../../ports/mod.ts";
import { groupCommit } from "./_group_commit.ts";
import { reading } from "./database.ts";

type Row = { number: number; root: string; leaves: string };

/** Keeps roots and leaves in a database that should not be the witnessed service's own. */
export function createWitnessStore(database: Database): WitnessStore {
  database.run(`CREATE TABLE IF NOT EXISTS witness (
    service TEXT NOT NULL, number INTEGER NOT NULL, root TEXT NOT NULL, leaves TEXT NOT NULL,
    PRIMARY KEY (service, number)
  )`);
  const latest = database.query<Omit<Row, "leaves">, [string]>(
    "SELECT number, root FROM witness WHERE service = ? ORDER BY number DESC LIMIT 1",
  );
  const page = database.query<Row, [string, number, number]>(
    "SELECT number, root, leaves FROM witness WHERE service = ? AND number > ? ORDER BY number LIMIT ?",
  );
  const insert = database.query("INSERT INTO witness VALUES (?, ?, ?, ?)");
  const write = groupCommit(database);
  return {
    latest: (service) =>
      reading(() => {
        const row = latest.get(service);
        return row ? rootOf(row) : undefined;
      }),
    append(root, leaves) {
      const { service, number } = root;
      const texts = [JSON.stringify(root), JSON.stringify(leaves)] as const;
      return write(() => {
        if (number !== (latest.get(service)?.number ?? 0) + 1) return "conflict";
        insert.run(service, number, ...texts);
        return "kept";
      });
    },
    read: (service, { after, limit }) =>
      reading(() => {
        const rows = page.all(service, after === undefined ? 0 : (readPlaces(after, 1)[0] ?? 0), limit + 1);
        const items = rows.slice(0, limit).map((row) => ({ root: rootOf(row), leaves: JSON.parse(row.leaves) }));
        const last = rows[limit - 1];
        return { items, ...(rows.length > limit && last && { next: writeCursor([`${last.number}`]) }) };
      }),
  };
}

function rootOf({ root }: Pick<Row, "root">): SignedRoot {
  return JSON.parse(root);
}
