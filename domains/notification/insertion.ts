import type { NewId, RecordStore } from "../../ports/mod.ts";
import type { Notification } from "./notification.ts";

type Waiting = {
  readonly id: string;
  readonly notification: Omit<Notification, "cursor" | "unread">;
  resolve(): void;
  reject(error: unknown): void;
};

const batch = 200;

/**
 * Inserts notifications so that cursors are seen in their order: those of a batch are written together, and told when all
 * are settled, before the next batch gets its cursors.
 */
export function createInsertion(
  notifications: RecordStore<Notification>,
  newId: NewId,
  tell: (id: string, notification: Notification) => void,
) {
  let waiting: Waiting[] = [];
  let firstUnderWay: string | undefined;

  async function insertBatch(): Promise<void> {
    const given = waiting.slice(0, batch).map((each) => {
      const cursor = newId();
      const notification: Notification = { ...each.notification, cursor, unread: cursor };
      return { ...each, notification };
    });
    waiting = waiting.slice(batch);
    firstUnderWay = given[0]?.notification.cursor;
    const outcomes = await Promise.allSettled(
      given.map(async ({ id, notification }) => await notifications.put(id, notification, 0)),
    );
    for (const [place, { id, notification, resolve, reject }] of given.entries()) {
      const outcome = outcomes[place];
      if (outcome?.status === "rejected") reject(outcome.reason);
      // Where one is there already the event came again: it has been told.
      else if (outcome?.value === "written") tell(id, notification);
      resolve();
    }
    firstUnderWay = undefined;
  }

  async function insertAll(): Promise<void> {
    while (waiting.length > 0) await insertBatch();
  }

  let inserting = Promise.resolve();
  return {
    /** Resolves when it is written, now or before. */
    insert(id: string, notification: Omit<Notification, "cursor" | "unread">): Promise<void> {
      return new Promise((resolve, reject) => {
        waiting.push({ id, notification, resolve, reject });
        if (waiting.length === 1) inserting = inserting.then(insertAll);
      });
    },

    /** A cursor: what is below it is written and told already, the rest is yet to be told. */
    horizon: () => firstUnderWay ?? newId(),
  };
}
