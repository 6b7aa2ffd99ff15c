import type { Database } from "bun:sqlite";
import type { RecordKind, RecordStore, Stored } from "../../ports/mod.ts";
import { groupCommit } from "./_group_commit.ts";
import { reading } from "./database.ts";
import { createTable, findPage, type Table } from "./tables.ts";

type Row = { id: string; revision: number; value: string };

/** A table of records: no events, no journal. */
export function createRecords<Value>(database: Database, { name, indexes }: RecordKind<Value>): RecordStore<Value> {
  const table: Table = { name: `record_${name}`, document: "value", indexes };
  createTable(database, table, "");
  const select = database.query<Row, [string]>(`SELECT * FROM "${table.name}" WHERE id = ?`);
  const insert = database.query(
    `INSERT INTO "${table.name}" (value, id, revision) VALUES (?, ?, 1) ON CONFLICT DO NOTHING`,
  );
  const update = database.query(
    `UPDATE "${table.name}" SET value = ?, revision = revision + 1 WHERE id = ? AND revision = ?`,
  );
  const remove = database.query(`DELETE FROM "${table.name}" WHERE id = ? AND revision = ?`);
  const write = groupCommit(database);
  const read = ({ id, revision, value }: Row): Stored<Value> => ({ id, revision, value: JSON.parse(value) });
  const told = ({ changes }: { changes: number }) => (changes > 0 ? "written" : "conflict");
  return {
    get: (id) =>
      reading(() => {
        const row = select.get(id);
        return row ? read(row) : undefined;
      }),
    put(id, value, revision) {
      const text = JSON.stringify(value);
      return write(() => told(revision === 0 ? insert.run(text, id) : update.run(text, id, revision)));
    },
    remove: (id, revision) => write(() => told(remove.run(id, revision))),
    find: (query) =>
      reading(() => {
        const { items, ...next } = findPage<Row>(database, table, query);
        return { items: items.map(read), ...next };
      }),
  };
}
