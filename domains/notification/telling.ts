import { allOf, type Query, type RecordStore } from "../../ports/mod.ts";
import { endOf, readTail, type Tail } from "./insertion.ts";
import type { createLive } from "./live.ts";
import { behind, type Frame, frameOf, type Notification } from "./notification.ts";

type TellingDependencies = {
  readonly notifications: RecordStore<Notification>;
  readonly tails: RecordStore<Tail>;
  readonly live: ReturnType<typeof createLive>;
};

const atOnce = 200;

/** Tells those who listen in this process whatever any process has put into the sequence, in its order and once. */
export function createTelling({ notifications, tails, live }: TellingDependencies) {
  /** Up to here it is told. */
  let told: string | undefined;
  let looking: Promise<void> | undefined;
  let again = false;

  async function catchUp(): Promise<void> {
    const tail = await readTail(tails);
    const from = told;
    if (from === undefined || live.isEmpty()) {
      told = endOf(tail);
      return;
    }
    const missed = { cursor: { from: behind(from), before: behind(tail.written) } };
    if (from < tail.written) for await (const { id, value } of all(missed)) tell(id, value);
    for (const { id, notification } of tail.newest) tell(id, notification);
  }

  function tell(id: string, notification: Notification): void {
    if (told !== undefined && notification.cursor <= told) return;
    told = notification.cursor;
    live.tell(id, notification);
  }

  const all = (where: Query["where"]) => allOf((place) => notifications.find({ where, limit: atOnce, ...place }));

  async function look(): Promise<void> {
    try {
      while (again) {
        again = false;
        await catchUp();
      }
    } finally {
      looking = undefined;
    }
  }

  /** Tells what is new by now. */
  function catchUpNow(): Promise<void> {
    again = true;
    looking ??= look();
    return looking;
  }

  return {
    catchUp: catchUpNow,

    /** Up to where it is told here: known once anything was looked at. */
    async begin(): Promise<void> {
      if (told === undefined) await catchUpNow();
    },
    upTo: () => told ?? "",

    /** Oldest first, page by page: a reader who is slow reads no more than they can send on. */
    async *between(audience: readonly string[], from: string, upTo: string): AsyncGenerator<Frame> {
      const { newest } = await readTail(tails);
      const end = [behind(upTo), ...newest.map(({ notification }) => notification.cursor)].toSorted()[0] ?? "";
      const where = { audience, cursor: { from: behind(from), before: end } };
      for await (const { id, value } of all(where)) yield frameOf(id, value);
      for (const { id, notification } of newest) {
        const { audience: whose, cursor } = notification;
        if (cursor > from && cursor <= upTo && audience.includes(whose)) yield frameOf(id, notification);
      }
    },
  };
}
