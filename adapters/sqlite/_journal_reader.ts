import type { Database } from "bun:sqlite";
import { readPlaces, writeCursor } from "../../ports/adapting.ts";
import type { Entry, FiledEntry, Journal, Page } from "../../ports/mod.ts";
import { reading } from "./database.ts";

type Position = { place: number; revision: number };
type Row = Position & { envelope: string; hash: string };
type FiledRow = Row & {
  kind: string;
  aggregate: string;
  key: string | null;
  actor: string;
  at: string;
  previous: string | null;
};
type Filter = readonly [condition: string, value: string | number | undefined];

/** Reads the journal's table. */
export function createJournalReader(database: Database): Journal {
  function page<Found extends Position>(select: string, filters: readonly Filter[], order: string, limit: number) {
    const given = filters.filter((filter): filter is [string, string | number] => filter[1] !== undefined);
    const where = given.length > 0 ? `WHERE ${given.map(([condition]) => condition).join(" AND ")}` : "";
    const values = [...given.map(([, value]) => value), limit + 1];
    const text = `${select} ${where} ORDER BY ${order} LIMIT ?`;
    const rows = database.query<Found, (string | number)[]>(text).all(...values);
    return { rows: rows.slice(0, limit), more: rows.length > limit };
  }

  return {
    read: ({ kind, aggregate, actor, from, before, order = "ascending", after, startingAt, limit }) =>
      reading(() => {
        const than = order === "ascending" ? ">" : "<";
        const direction = order === "ascending" ? "ASC" : "DESC";
        // Within an aggregate revisions run like places, and are indexed.
        const sort = kind !== undefined && aggregate !== undefined ? "revision" : "place";
        const filters: readonly Filter[] = [
          ["kind = ?", kind],
          ["aggregate = ?", aggregate],
          ["actor = ?", actor],
          ["at >= ?", from],
          ["at < ?", before],
          [`${sort} ${than} ?`, after === undefined ? undefined : position(after)[sort]],
          [`${sort} ${than}= ?`, startingAt === undefined ? undefined : position(startingAt)[sort]],
        ];
        const select = "SELECT place, revision, envelope, hash FROM journal";
        const { rows, more } = page<Row>(select, filters, `${sort} ${direction}`, limit);
        return asPage(rows.map(entry), more);
      }),

    inspect: ({ of, after, limit }) =>
      reading(() => {
        const filters: readonly Filter[] = [
          ["kind = ?", of?.kind],
          ["aggregate = ?", of?.aggregate],
          ["place > ?", after === undefined ? undefined : position(after).place],
        ];
        const select = `SELECT *, (
          SELECT hash FROM journal AS earlier WHERE earlier.kind = journal.kind AND earlier.aggregate = journal.aggregate
            AND earlier.revision = journal.revision - 1 AND earlier.place < journal.place
        ) AS previous FROM journal`;
        const { rows, more } = page<FiledRow>(select, filters, "place ASC", limit);
        return asPage(rows.map(filed), more);
      }),
  };
}

function asPage<Item extends { readonly cursor: string }>(items: readonly Item[], more: boolean): Page<Item> {
  const last = items.at(-1);
  return { items, ...(more && last && { next: last.cursor }) };
}

function entry({ envelope, hash, ...place }: Row): Entry {
  return { envelope: JSON.parse(envelope), stored: envelope, hash, cursor: cursorOf(place) };
}

function filed({ kind, aggregate, revision, key, actor, at, envelope, hash, previous, place }: FiledRow): FiledEntry {
  return {
    id: `${kind}/${aggregate}/${revision}`,
    ...{ kind, aggregate, revision, actor, at, hash },
    ...(key !== null && { key }),
    stored: envelope,
    ...(previous !== null && { previous }),
    cursor: cursorOf({ place, revision }),
  };
}

function cursorOf({ place, revision }: Position): string {
  return writeCursor([`${place}`, `${revision}`]);
}

function position(cursor: string): Position {
  const [place = 0, revision = 0] = readPlaces(cursor, 2);
  return { place, revision };
}
