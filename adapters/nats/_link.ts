import type { QueuedIterator, Status } from "@nats-io/transport-node";
import { createSignal } from "../../ports/adapting.ts";
import { BusUnreachable } from "../../ports/mod.ts";
import type { Connection } from "./connection.ts";

export type Link = ReturnType<typeof watchLink>;

/** Whether a connection stands, and news of when it is lost and back. */
export function watchLink({ nats }: Connection) {
  const changed = createSignal();
  const dropped = new Set<() => void>();
  // Its type does not say that it can be stopped.
  const statuses = nats.status() as QueuedIterator<Status>;
  let up = !nats.isClosed();

  function set(now: boolean): void {
    up = now;
    changed.raise();
    if (!now) for (const tell of [...dropped]) tell();
  }

  const watching = (async () => {
    for await (const { type } of statuses) {
      if (type === "disconnect") set(false);
      if (type === "reconnect") set(true);
    }
    if (nats.isClosed()) set(false);
  })();

  return {
    changed,
    /** Resolves once the connection stands. Rejects when the signal aborts; by `BusUnreachable` at a deadline. */
    async stands(signal: AbortSignal, deadline?: number): Promise<void> {
      if (up) return;
      const left = deadline === undefined ? undefined : Math.max(deadline - performance.now(), 0);
      const limit = left === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(left)]);
      try {
        for (let seen = changed.count(); !up; seen = changed.count()) await changed.past(seen, limit);
      } catch (cause) {
        signal.throwIfAborted();
        throw new BusUnreachable("There is no connection to NATS", { cause });
      }
    },
    /** What is on its way when the connection drops gets no answer: there is no use in waiting for it. */
    async whileUp<T>(work: Promise<T>): Promise<T> {
      const { promise, reject } = Promise.withResolvers<never>();
      const drop = () => reject(new BusUnreachable("The connection to NATS was lost"));
      dropped.add(drop);
      try {
        return await Promise.race([work, promise]);
      } finally {
        dropped.delete(drop);
      }
    },
    async [Symbol.asyncDispose]() {
      statuses.stop();
      await watching;
    },
  };
}
