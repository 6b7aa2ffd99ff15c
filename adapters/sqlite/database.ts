import { Database, SQLiteError } from "bun:sqlite";
import { StoreUnreachable } from "../../ports/mod.ts";

/** Opens a database file (":memory:" for one that dies with the process); a commit is on disk before it returns. */
export function openDatabase(path: string): Database {
  const database = new Database(path, { strict: true });
  database.run("PRAGMA busy_timeout = 5000");
  database.run("PRAGMA journal_mode = WAL");
  database.run("PRAGMA synchronous = FULL");
  // 16 MB: with SQLite's own 2 MB, a hundred thousand aggregates are read from the file again and again.
  database.run("PRAGMA cache_size = -16000");
  return database;
}

/** A file that is locked, full or failing may be well later; all else is our own mistake. */
export function asFault(error: unknown): unknown {
  const passing = error instanceof SQLiteError && /^SQLITE_(BUSY|FULL|IOERR|CANTOPEN)/.test(error.code ?? "");
  return passing ? new StoreUnreachable("Cannot use the database", { cause: error }) : error;
}

/** Reads, and tells a failing file as a fault. */
export async function reading<T>(read: () => T): Promise<T> {
  try {
    return read();
  } catch (error) {
    throw asFault(error);
  }
}
