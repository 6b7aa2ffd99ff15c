import { afterEach } from "bun:test";
import { type Database, openDatabase } from "./mod.ts";

const opened: Database[] = [];

afterEach(async () => {
  const databases = opened.splice(0);
  for (const database of databases) await database.db.dropDatabase().catch(() => {});
  for (const database of databases) await database[Symbol.asyncDispose]();
});

/** An empty database, or another connection to one that is there; both go with the test. */
export function freshDatabase(url: string, name = `lucent_test_${Bun.randomUUIDv7()}`, deadline?: number): Database {
  const database = openDatabase({ url, name, ...(deadline !== undefined && { deadline }) });
  opened.push(database);
  return database;
}
