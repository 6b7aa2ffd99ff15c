import type { Cause } from "../../ports/mod.ts";
import type { UserId } from "../shared/mod.ts";
import type { Message, Stream } from "./notification.ts";

/** Tells the audience of the event that is the cause. */
export type Notify = (message: Message, cause: Cause) => Promise<{ readonly ok: true }>;

type Data = Message["data"];

/** What the client needs beside the aggregate's id, picked from an event. */
type Picking<Event> = (event: Event) => Data;

const nothingMore = () => ({});

/** Reactions that tell the user whom an event names. `name` is what the aggregate's id is called in the data. */
export function toUser(notify: Notify, name: string) {
  return <Event extends { readonly user: UserId }>(type: string, title: string, pick: Picking<Event> = nothingMore) =>
    (event: Event, id: string, cause: Cause) =>
      notify({ audience: event.user, type, title, data: { [name]: id, ...pick(event) } }, cause);
}

/** Reactions that tell everyone who holds a permission. */
export function toStream(notify: Notify, stream: Stream, name: string) {
  return <Event extends object>(type: string, title: string, pick: Picking<Event> = nothingMore) =>
    (event: Event, id: string, cause: Cause) =>
      notify({ audience: stream, type, title, data: { [name]: id, ...pick(event) } }, cause);
}
