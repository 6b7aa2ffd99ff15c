import type { Database } from "bun:sqlite";
import type { Stores } from "../../ports/adapting.ts";
import {
  type AggregateKind,
  type AggregateStore,
  type Change,
  type Clock,
  type Loaded,
  lift,
  schemaOf,
  WrittenByNewerRelease,
} from "../../ports/mod.ts";
import { groupCommit } from "./_group_commit.ts";
import { reading } from "./database.ts";
import { createJournal } from "./journal.ts";
import { createRecords } from "./records.ts";
import { createTable, findPage, type Table } from "./tables.ts";

type Row = { id: string; revision: number; schema: number; state: string };

/** Thrown inside a transaction to undo it: someone else wrote first. */
class Conflict extends Error {}

export function createStores(database: Database, clock: Clock): Stores {
  const { append, grown, journal, outbox, recorded } = createJournal(database, clock);
  const group = groupCommit(database);

  function write({ kind, schema, id, revision, state, events }: Change): void {
    const table = `"${tableOf(kind)}"`;
    const values = [revision + events.length, schema, JSON.stringify(state), id] as const;
    if (revision === 0) {
      const insert = `INSERT INTO ${table} (revision, schema, state, id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`;
      if (database.query(insert).run(...values).changes === 0) throw new Conflict();
      return;
    }
    const update = `UPDATE ${table} SET revision = ?, schema = ?, state = ? WHERE id = ? AND revision = ? AND schema <= ?`;
    if (database.query(update).run(...values, revision, schema).changes > 0) return;
    const newer = database.query(`SELECT 1 FROM ${table} WHERE id = ? AND schema > ?`).get(id, schema);
    if (newer) throw new WrittenByNewerRelease(`Cannot change ${kind} "${id}": a newer release wrote it`);
    throw new Conflict();
  }

  async function commit(...changes: readonly Change[]): Promise<"committed" | "conflict"> {
    try {
      await group(() => {
        for (const change of changes) {
          write(change);
          append(change);
        }
      });
    } catch (error) {
      if (error instanceof Conflict) return "conflict";
      throw error;
    }
    grown.raise();
    return "committed";
  }

  return {
    outbox,
    journal,
    records: (kind) => createRecords(database, kind),
    open<State, Event>(kind: AggregateKind<State, Event>): AggregateStore<State, Event> {
      const table: Table = { name: tableOf(kind.name), document: "state", indexes: kind.indexes };
      createTable(database, table, "schema INTEGER NOT NULL,");
      const select = database.query<Row, [string]>(`SELECT * FROM "${table.name}" WHERE id = ?`);
      const newest = schemaOf(kind);
      const read = ({ id, revision, schema, state }: Row): Loaded<State> => {
        const stored = JSON.parse(state);
        return { id, revision, state: schema < newest ? (lift(kind, "state", schema, stored) as State) : stored };
      };
      return {
        kind,
        commit,
        load: (id) =>
          reading(() => {
            const row = select.get(id);
            return row ? read(row) : { id, revision: 0, state: kind.initial };
          }),
        recorded: (id, key) => reading(() => recorded(kind.name, id, key)),
        find: (query) =>
          reading(() => {
            const { items, ...next } = findPage<Row>(database, table, query);
            return { items: items.map(read), ...next };
          }),
      };
    },
  };
}

function tableOf(kind: string): string {
  return `aggregate_${kind}`;
}
