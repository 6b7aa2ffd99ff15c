import { afterEach } from "bun:test";
import type { Outbox } from "../../ports/messaging.ts";
import type { AggregateStore, Envelope } from "../../ports/mod.ts";
import { cause, clock, type Noted, type Notes, notesKind } from "./_notes.ts";
import { createStores, type Database, openDatabase } from "./mod.ts";
import type { Limits } from "./stores.ts";

const opened: Database[] = [];

afterEach(async () => {
  const databases = opened.splice(0);
  for (const database of databases) await database.db.dropDatabase().catch(() => {});
  for (const database of databases) await database[Symbol.asyncDispose]();
});

/** An empty database, or another connection to one that is there; both go with the test. */
export function freshDatabase(url: string, name = freshName(), deadline?: number): Database {
  const database = openDatabase({ url, name, ...(deadline !== undefined && { deadline }) });
  opened.push(database);
  return database;
}

export function freshName(): string {
  return `lucent_test_${Bun.randomUUIDv7()}`;
}

/** A replica: stores of its own over a database that others may share. */
export function replica(url: string, name?: string, limits?: Limits, deadline?: number) {
  const database = freshDatabase(url, name, deadline);
  const stores = createStores(database, clock, limits);
  return { database, stores, notes: stores.open(notesKind) };
}

/** One try of a writer who knows nothing of the others: not queued behind those of the same process. */
export async function tryOnce(notes: AggregateStore<Notes, Noted>, id: string, text: string) {
  const { revision, state } = await notes.load(id);
  const event: Noted = { type: "Noted", text };
  const change = {
    kind: "notes",
    schema: 1,
    id,
    revision,
    state: notesKind.evolve(state, event),
    events: [event],
    cause,
  };
  return await notes.commit(change);
}

/** What an outbox hands to the bus, in its order. Ends when `done` says so of what came. */
export async function drain(outbox: Outbox, done: (told: readonly Envelope[]) => boolean): Promise<Envelope[]> {
  const told: Envelope[] = [];
  const { signal } = new AbortController();
  while (!done(told)) {
    const events = await outbox.next(signal);
    told.push(...events);
    await outbox.published(events);
  }
  return told;
}

export const textOf = ({ event }: Envelope): string => (event as Noted).text;
