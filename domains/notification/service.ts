import type {
  Broadcast,
  Cause,
  Clock,
  DeriveId,
  NewId,
  Page,
  RecordKind,
  RecordStore,
  Stored,
} from "../../ports/mod.ts";
import type { UserId } from "../shared/mod.ts";
import { createInsertion, type Tail } from "./insertion.ts";
import { createLive, type Ending } from "./live.ts";
import {
  behind,
  type Frame,
  type InboxItem,
  inboxItem,
  type Message,
  type Notification,
  type ReadMark,
  type Stream,
} from "./notification.ts";
import { createTelling } from "./telling.ts";

export type NotificationRefusal = "notification-not-found";
export type NotificationService = ReturnType<typeof createNotificationService>;

/** Whose transfer it is: most of a transfer's events do not say. Its id is the transfer's. */
export type TransferOwner = { readonly user: UserId };
export const transferOwnerKind: RecordKind<TransferOwner> = { name: "transfer_owner", indexes: [] };

type NotificationDependencies = {
  readonly notifications: RecordStore<Notification>;
  readonly tails: RecordStore<Tail>;
  readonly marks: RecordStore<ReadMark>;
  readonly owners: RecordStore<TransferOwner>;
  /** Tells the other processes of the service what is new. */
  readonly broadcast: Broadcast;
  readonly clock: Clock;
  /** Its ids grow with time: they are the cursors. */
  readonly newId: NewId;
  readonly deriveId: DeriveId;
};

/** Unread ones are counted up to here. */
const mostCounted = 100;

/** What processes tell each other: there is more to tell, or somebody is not to be told any more. */
type News =
  | { readonly type: "grown"; readonly upTo: string }
  | { readonly type: "ended"; readonly user: UserId; readonly why: Ending; readonly sessions?: readonly string[] };

/** The commands and questions about what users are told. */
export function createNotificationService(dependencies: NotificationDependencies) {
  const { notifications, tails, marks, owners, broadcast, clock, newId, deriveId } = dependencies;
  const live = createLive();
  const telling = createTelling({ notifications, tails, live });
  const insert = createInsertion({ notifications, tails, newId, grown });

  async function grown(upTo: string): Promise<void> {
    tellOthers({ type: "grown", upTo });
    await catchUp();
  }

  function tellOthers(news: News): void {
    broadcast.tell(news);
  }

  /** What could not be looked at is, a moment later, by the clock. */
  const catchUp = () => telling.catchUp().catch(() => {});

  function hear(news: unknown): void {
    const heard = news as News;
    if (heard.type === "ended") live.end(heard.user, heard.why, heard.sessions);
    else if (heard.upTo > telling.upTo()) void catchUp();
  }

  async function newestCursor(user: UserId): Promise<string | undefined> {
    const where = { audience: user, cursor: {} };
    return (await notifications.find({ where, order: "descending", limit: 1 })).items[0]?.value.cursor;
  }

  return {
    /** Tells the audience of the event that is the cause: once, however often the event comes. */
    async notify({ audience, type, title, data }: Message, { key }: Cause): Promise<{ readonly ok: true }> {
      if (key === undefined) throw new Error(`Cannot notify of "${type}": no event caused it`);
      await insert(deriveId("notification", key, audience), { audience, type, title, data, at: clock() });
      return { ok: true };
    },

    /** Remembers whose transfer it is. */
    async own(transfer: string, user: UserId): Promise<{ readonly ok: true }> {
      await owners.put(transfer, { user }, 0);
      return { ok: true };
    },

    async ownerOf(transfer: string): Promise<UserId | undefined> {
      return (await owners.get(transfer))?.value.user;
    },

    /** A user's own, newest first, with how many are unread: 100 stands for 100 or more. */
    async inbox(
      user: UserId,
      { after, limit }: { readonly after?: string | undefined; readonly limit: number },
    ): Promise<Page<InboxItem> & { readonly unread: number }> {
      const mark = (await marks.get(user))?.value;
      const where = { audience: user, cursor: {} };
      const page = await notifications.find({
        where,
        order: "descending",
        limit,
        ...(after !== undefined && { after }),
      });
      const unread = { audience: user, unread: mark ? { from: behind(mark.upTo) } : {} };
      const { items } = await notifications.find({ where: unread, limit: mostCounted });
      return {
        items: page.items.map(({ id, value }) => inboxItem(id, value, mark)),
        ...(page.next !== undefined && { next: page.next }),
        unread: items.length,
      };
    },

    async markRead(
      user: UserId,
      id: string,
    ): Promise<{ readonly ok: true } | { readonly ok: false; readonly refusal: NotificationRefusal }> {
      let stored: Stored<Notification> | undefined;
      do {
        stored = await notifications.get(id);
        if (stored?.value.audience !== user) return { ok: false, refusal: "notification-not-found" };
        if (stored.value.unread === undefined) return { ok: true };
      } while ((await notifications.put(id, withoutUnread(stored.value), stored.revision)) === "conflict");
      return { ok: true };
    },

    /** Marks as read what the user has by now. */
    async markAllRead(user: UserId): Promise<void> {
      const upTo = await newestCursor(user);
      for (let written = upTo === undefined; !written; ) {
        const mark = await marks.get(user);
        if (upTo === undefined || (mark && mark.value.upTo >= upTo)) return;
        written = (await marks.put(user, { upTo }, mark?.revision ?? 0)) === "written";
      }
    },

    following: live.count,

    /** Ends what the user follows, at any process: of these sessions, or of all. */
    disconnect(user: UserId, why: Ending, sessions?: readonly string[]): void {
      live.end(user, why, sessions);
      tellOthers({ type: "ended", user, why, ...(sessions && { sessions }) });
    },

    /** Hears what other processes tell, until disposed. */
    listen: (): AsyncDisposable => broadcast.listen(hear),

    /** Tells what others wrote: to be asked from time to time, for news are lost now and then. */
    catchUp: telling.catchUp,

    /**
     * Follows what the user, and the streams, are told. Nothing is told before listen(): it hands `tell` whatever this process
     * tells from then on, in the order of cursors; since() reads what came before it. Together they leave out and repeat
     * nothing, but for what a client was told by another process that is ahead: of a cursor that it has seen there is no need.
     */
    follow(user: UserId, session: string, end: (why: Ending) => void) {
      const following = live.follow({ user, session, end });
      return {
        async listen(among: readonly Stream[], tell: (frame: Frame) => void) {
          await telling.begin();
          following.listen(among, tell);
          const upTo = telling.upTo();
          return { since: (after: string) => telling.between([user, ...among], after, upTo) };
        },
        stop: following.stop,
      };
    },
  };
}

function withoutUnread({ unread: _, ...read }: Notification): Notification {
  return read;
}
