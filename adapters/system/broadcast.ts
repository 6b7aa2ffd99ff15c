import type { Broadcast, Log } from "../../ports/mod.ts";

/** Tells those who listen in this process, before tell() returns: where a service has no other one. */
export function createBroadcast(log: Log): Broadcast {
  const listeners = new Set<{ readonly hear: (news: unknown) => void }>();
  return {
    tell(news) {
      for (const { hear } of [...listeners]) {
        try {
          hear(news);
        } catch (error) {
          log("Cannot hear news", { error });
        }
      }
    },
    listen(hear) {
      const listener = { hear };
      listeners.add(listener);
      return { [Symbol.asyncDispose]: async () => void listeners.delete(listener) };
    },
  };
}
