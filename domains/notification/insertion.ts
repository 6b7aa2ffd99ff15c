/**
 * How notifications get their order, whichever processes write them: cursors are seen in their order, by everyone.
 *
 * @module
 */
import type { NewId, RecordKind, RecordStore } from "../../ports/mod.ts";
import type { Notification } from "./notification.ts";

type Numbered = { readonly id: string; readonly notification: Notification };

/**
 * The end of the sequence. A batch is in it from the moment that it is the tail; before another one is, all of it is written
 * down, by whoever comes next if need be.
 */
export type Tail = {
  /** Everything up to this cursor is written. */
  readonly written: string;
  /** The newest ones, in their order: those that may not be written yet. */
  readonly newest: readonly Numbered[];
};
export const tailKind: RecordKind<Tail> = { name: "notification_tail", indexes: [] };

type Waiting = {
  readonly id: string;
  readonly notification: Omit<Notification, "cursor" | "unread">;
  resolve(): void;
  reject(error: unknown): void;
};

type InsertionDependencies = {
  readonly notifications: RecordStore<Notification>;
  readonly tails: RecordStore<Tail>;
  readonly newId: NewId;
  /** There are more, up to this cursor. */
  readonly grown: (upTo: string) => Promise<void>;
};

const only = "tail";
const batch = 100;
const empty: Tail = { written: "", newest: [] };

export const endOf = ({ written, newest }: Tail) => newest.at(-1)?.notification.cursor ?? written;

export async function readTail(tails: RecordStore<Tail>): Promise<Tail> {
  return (await tails.get(only))?.value ?? empty;
}

/** Puts notifications into the sequence, once each by its id, some at a time. */
export function createInsertion({ notifications, tails, newId, grown }: InsertionDependencies) {
  let waiting: Waiting[] = [];
  /** The revision of a tail that is written down whole, as far as is known here. */
  let settled = 0;

  async function writeDown(tail: Tail, revision: number): Promise<void> {
    if (revision === settled) return;
    // "conflict": it is there already.
    await Promise.all(tail.newest.map(({ id, notification }) => notifications.put(id, notification, 0)));
    settled = revision;
  }

  async function fresh(batch: readonly Waiting[]): Promise<readonly Waiting[]> {
    const firsts = [...new Map(batch.toReversed().map((each) => [each.id, each])).values()].toReversed();
    const known = await Promise.all(firsts.map(({ id }) => notifications.get(id)));
    return firsts.filter((_, place) => known[place] === undefined);
  }

  function number(batch: readonly Waiting[], last: string): readonly Numbered[] {
    let cursor = last;
    return batch.map(({ id, notification }) => {
      cursor = cursorAfter(cursor, newId());
      return { id, notification: { ...notification, cursor, unread: cursor } };
    });
  }

  async function append(batch: readonly Waiting[]): Promise<void> {
    for (;;) {
      const stored = await tails.get(only);
      const { value: tail, revision } = stored ?? { value: empty, revision: 0 };
      await writeDown(tail, revision);
      const newest = number(await fresh(batch), endOf(tail));
      // The event came again: it has been told.
      if (newest.length === 0) return;
      const next = { written: endOf(tail), newest };
      if ((await tails.put(only, next, revision)) === "conflict") continue;
      await writeDown(next, revision + 1);
      return await grown(endOf(next));
    }
  }

  async function insertBatch(): Promise<void> {
    const taken = waiting.slice(0, batch);
    waiting = waiting.slice(batch);
    try {
      await append(taken);
      for (const { resolve } of taken) resolve();
    } catch (error) {
      for (const { reject } of taken) reject(error);
    }
  }

  async function insertAll(): Promise<void> {
    while (waiting.length > 0) await insertBatch();
  }

  let inserting = Promise.resolve();
  /** Resolves when it is written, now or before. */
  return (id: string, notification: Omit<Notification, "cursor" | "unread">): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.push({ id, notification, resolve, reject });
      if (waiting.length === 1) inserting = inserting.then(insertAll);
    });
}

/** The new id, unless clocks differ so much that it would sort before the last cursor: then the one behind that. */
export function cursorAfter(last: string, id: string): string {
  if (id > last) return id;
  const next = (BigInt(`0x${last.replaceAll("-", "")}`) + 1n).toString(16).padStart(32, "0");
  return next.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
