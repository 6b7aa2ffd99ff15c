import type { Broadcast, Log } from "../../ports/mod.ts";
import { defaultRoot, liveSubject } from "./_subjects.ts";
import type { Connection } from "./connection.ts";

type BroadcastOptions = {
  readonly connection: Connection;
  /** The service whose processes tell each other. */
  readonly service: string;
  /** The first word of subjects. Default: `lucent`. */
  readonly root?: string;
  readonly log: Log;
};

/** News between the processes of a service by core NATS: what is told while the connection is lost may be heard by nobody. */
export function createBroadcast({ connection, service, root = defaultRoot, log }: BroadcastOptions): Broadcast {
  const { nats } = connection;
  const subject = liveSubject(root, service);
  return {
    tell(news) {
      // Closed, it is at its end: there is nobody left here who would be told anything.
      if (!nats.isClosed()) nats.publish(subject, JSON.stringify(news ?? null));
    },
    listen(hear) {
      const subscription = nats.subscribe(subject, {
        callback(error, message) {
          if (error) return log(`Cannot hear news of ${service}`, { error });
          try {
            hear(message.json());
          } catch (error) {
            log(`Cannot hear news of ${service}`, { error });
          }
        },
      });
      return {
        async [Symbol.asyncDispose]() {
          if (!subscription.isClosed()) await subscription.drain().catch(() => {});
        },
      };
    },
  };
}
