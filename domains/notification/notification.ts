/**
 * A notification: what one user, or everyone who holds a permission, is told of one event. Kept as a record: nobody
 * rebuilds it, and it has no events.
 *
 * @module
 */
import type { RecordKind } from "../../ports/mod.ts";
import type { Instant, UserId } from "../shared/mod.ts";

/** A user, or a permission: those who hold it hear what goes there live. User ids and permissions never look alike. */
export type Audience = UserId | Stream;

/** The permissions that have something to hear. */
export const streams = ["task:read", "incident:read", "play:approve", "play:publish"] as const;
export type Stream = (typeof streams)[number];

export type Message = {
  readonly audience: Audience;
  /** Dotted, kebab-case: `order.filled`. */
  readonly type: string;
  readonly title: string;
  readonly data: Readonly<Record<string, unknown>>;
};

export type Notification = Message & {
  readonly at: Instant;
  /** A UUIDv7, given at insertion: sorts by it, and tells a client how far it has read. */
  readonly cursor: string;
  /** The cursor once more, while nobody has read it. */
  readonly unread?: string;
};

export const notificationKind: RecordKind<Notification> = {
  name: "notification",
  indexes: [["audience", "cursor"], ["audience", "unread"], ["cursor"]],
};

/** Up to which cursor a user has read all; its id is the user's. */
export type ReadMark = { readonly upTo: string };
export const readMarkKind: RecordKind<ReadMark> = { name: "read_mark", indexes: [] };

/** One item of a user's inbox. */
export type InboxItem = Omit<Message, "audience"> & {
  readonly id: string;
  readonly cursor: string;
  readonly at: Instant;
  readonly read: boolean;
};

/** What goes over a socket. */
export type Frame = Omit<Message, "audience"> & {
  readonly cursor: string;
  readonly id: string;
  readonly at: Instant;
};

export function inboxItem(id: string, notification: Notification, mark: ReadMark | undefined): InboxItem {
  const { unread } = notification;
  return { ...frameOf(id, notification), read: unread === undefined || (mark !== undefined && unread <= mark.upTo) };
}

export function frameOf(id: string, { cursor, type, title, data, at }: Notification): Frame {
  return { cursor, type, data, id, title, at };
}

/** Greater than the cursor, less than every later one: the start of a range without it. */
export function behind(cursor: string): string {
  return `${cursor}.`;
}
