import type { UserId } from "../shared/mod.ts";
import { type Audience, type Frame, frameOf, type Notification, type Stream } from "./notification.ts";

/** Why someone is no longer told: the client may come back with a new ticket, if it still gets one. */
export type Ending = "session-ended" | "permissions-changed";

type Follower = {
  readonly user: UserId;
  readonly session: string;
  readonly end: (why: Ending) => void;
};
type Tell = (frame: Frame) => void;

/** Those who listen in this process. */
export function createLive() {
  const followers = new Map<UserId, Set<Follower>>();
  const listeners = new Map<Audience, Set<Tell>>();

  return {
    tell(id: string, notification: Notification): void {
      const frame = frameOf(id, notification);
      for (const tell of listeners.get(notification.audience) ?? []) tell(frame);
    },

    /** Ends the sessions, or all of the user's. */
    end(user: UserId, why: Ending, sessions?: readonly string[]): void {
      for (const { session, end } of [...(followers.get(user) ?? [])]) {
        if (!sessions || sessions.includes(session)) end(why);
      }
    },

    isEmpty: () => listeners.size === 0,

    count: (user: UserId) => followers.get(user)?.size ?? 0,

    /** From now on `end` is called when its session ends; nothing is told before listen(). */
    follow(follower: Follower) {
      const { user } = follower;
      add(followers, user, follower);
      const stops = [() => drop(followers, user, follower)];
      return {
        listen(among: readonly Stream[], tell: Tell): void {
          for (const audience of [user, ...among]) {
            add(listeners, audience, tell);
            stops.push(() => drop(listeners, audience, tell));
          }
        },
        stop(): void {
          for (const stop of stops.splice(0)) stop();
        },
      };
    },
  };
}

function add<Key, Value>(sets: Map<Key, Set<Value>>, key: Key, value: Value): void {
  sets.set(key, (sets.get(key) ?? new Set()).add(value));
}

function drop<Key, Value>(sets: Map<Key, Set<Value>>, key: Key, value: Value): void {
  const set = sets.get(key);
  set?.delete(value);
  if (set?.size === 0) sets.delete(key);
}
