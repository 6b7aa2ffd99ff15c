import type { Database } from "bun:sqlite";
import { StoreUnreachable } from "../../ports/mod.ts";
import { asFault } from "./database.ts";

/**
 * Does some writing in a transaction; resolves once it is on disk. What throws is undone, alone. The work may be done twice, the
 * first time undone: it must do nothing but write.
 */
export type Write = <T>(work: () => T) => Promise<T>;

type Waiting = { readonly work: () => unknown; resolve(value: unknown): void; reject(error: unknown): void };

const writers = new WeakMap<Database, Write>();

/** The one writer of a database: what waits at the same moment shares one transaction, and so one fsync. */
export function groupCommit(database: Database): Write {
  const known = writers.get(database);
  if (known) return known;
  let waiting: Waiting[] = [];

  const settling = (each: Waiting, value: unknown) => () => each.resolve(value);
  const commitAll = database.transaction((group: readonly Waiting[]) =>
    group.map((each) => settling(each, each.work())),
  );
  const attempt = database.transaction(({ work }: Waiting) => work());
  /** Each in a savepoint of its own, so that what throws is undone alone. It costs as much again: only where something threw. */
  const commitEach = database.transaction((group: readonly Waiting[]) =>
    group.map((each) => {
      try {
        return settling(each, attempt(each));
      } catch (error) {
        // A full or failing disk undoes the whole transaction by itself, the work of the others too.
        if (!database.inTransaction) throw error;
        return () => each.reject(asFault(error));
      }
    }),
  );

  function commit(group: readonly Waiting[]): readonly (() => void)[] {
    try {
      return commitAll.immediate(group);
    } catch (error) {
      // A file that fails fails them all.
      if (asFault(error) instanceof StoreUnreachable) throw error;
      return commitEach.immediate(group);
    }
  }

  function flush(): void {
    const group = waiting;
    waiting = [];
    try {
      for (const settle of commit(group)) settle();
    } catch (error) {
      for (const { reject } of group) reject(asFault(error));
    }
  }

  const write: Write = (work) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
    });
  writers.set(database, write);
  return write;
}
