import type { Database } from "bun:sqlite";
import { isRange, rangedField, readCursor, writeCursor } from "../../ports/adapting.ts";
import type { Index, Page, Query } from "../../ports/mod.ts";

/** A table of JSON documents with declared indexes. */
export type Table = { readonly name: string; readonly document: string; readonly indexes: readonly Index[] };

export function createTable(database: Database, { name, document, indexes }: Table, columns: string): void {
  // With rowids: without them documents lie among the keys, and large ones make the tree deep.
  database.run(`CREATE TABLE IF NOT EXISTS "${name}" (
    id TEXT NOT NULL PRIMARY KEY, revision INTEGER NOT NULL, ${columns} ${document} TEXT NOT NULL
  )`);
  for (const fields of indexes) {
    const indexed = [...fields.map((field) => column(document, field)), "id"].join(", ");
    database.run(`CREATE INDEX IF NOT EXISTS "${name} by ${fields.join(", ")}" ON "${name}" (${indexed})`);
  }
}

type Condition = { readonly text: string; readonly values: readonly string[] };

/** Finds a page of rows; `sorted` is the range's field in them, null where the query has none. */
export function findPage<Row extends { id: string }>(
  database: Database,
  table: Table,
  { where, order = "ascending", after, limit }: Query,
): Page<Row> {
  const { name, document } = table;
  const ranged = rangedField(table, where);
  const sort = ranged ? column(document, ranged) : "NULL";
  const keys = ranged ? [sort, "id"] : ["id"];
  const conditions = Object.entries(where).map(([field, wanted]) => condition(column(document, field), wanted));
  if (after !== undefined) conditions.push(following(keys, order, readCursor(after, keys.length)));
  const direction = order === "ascending" ? "ASC" : "DESC";
  const filter = conditions.length > 0 ? `WHERE ${conditions.map(({ text }) => text).join(" AND ")}` : "";
  const text = `SELECT *, ${sort} AS sorted FROM "${name}" ${filter}
    ORDER BY ${keys.map((key) => `${key} ${direction}`).join(", ")} LIMIT ?`;
  const values = [...conditions.flatMap((each) => each.values), limit + 1];
  const rows = database.query<Row & { sorted: string | null }, (string | number)[]>(text).all(...values);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  // One row more than the page holds tells whether another page follows.
  if (rows.length <= limit || !last) return { items };
  return { items, next: writeCursor(ranged ? [String(last.sorted), last.id] : [last.id]) };
}

function condition(column: string, wanted: Query["where"][string]): Condition {
  if (typeof wanted === "string") return { text: `${column} = ?`, values: [wanted] };
  if (!isRange(wanted)) return { text: `${column} IN (${wanted.map(() => "?").join(", ")})`, values: wanted };
  const { from, before } = wanted;
  const parts = [
    `${column} IS NOT NULL`,
    from !== undefined && `${column} >= ?`,
    before !== undefined && `${column} < ?`,
  ];
  return {
    text: parts.filter(Boolean).join(" AND "),
    values: [from, before].filter((bound) => bound !== undefined),
  };
}

function following(keys: readonly string[], order: Query["order"], cursor: readonly string[]): Condition {
  const than = order === "descending" ? "<" : ">";
  return { text: `(${keys.join(", ")}) ${than} (${keys.map(() => "?").join(", ")})`, values: cursor };
}

/** Spelt as the index spells it: SQLite uses an expression index for the same expression only. */
function column(document: string, field: string): string {
  return `json_extract(${document}, '$.${field}')`;
}
