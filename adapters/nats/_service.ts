import { type Msg, type NatsConnection, nuid, type Subscription } from "@nats-io/transport-node";
import { isInbox } from "./_subjects.ts";

/** Who answers questions, as discovery tells it. */
export type ServiceIdentity = {
  /** Letters, digits, `-` and `_`. */
  readonly name: string;
  /** By SemVer. */
  readonly version: string;
  readonly description: string;
};

type Endpoint = { readonly name: string; readonly subject: string };

const queue = "q";
const nanosecond = 1e6;

/**
 * A service by the NATS services framework (ADR-32): it tells who it is, what it answers and how that goes, on `$SRV.PING`, `INFO` and
 * `STATS`, for all, for its name, and for itself. Replicas share the requests.
 */
export function startService(nats: NatsConnection, { name, version, description }: ServiceIdentity) {
  const id = nuid.next();
  const started = new Date().toISOString();
  let metadata: Readonly<Record<string, string>> = {};
  const identity = () => ({ name, id, version, metadata });
  const endpoints = new Map<Endpoint, ReturnType<typeof statistics>>();
  const controls: Readonly<Record<string, () => unknown>> = {
    PING: () => ({ type: "io.nats.micro.v1.ping_response", ...identity() }),
    INFO: () => ({
      ...{ type: "io.nats.micro.v1.info_response", ...identity(), description },
      endpoints: [...endpoints.keys()].map((each) => ({ ...each, queue_group: queue, metadata: {} })),
    }),
    STATS: () => ({
      ...{ type: "io.nats.micro.v1.stats_response", ...identity(), started },
      endpoints: [...endpoints].map(([each, counts]) => ({ ...each, queue_group: queue, ...counts.told() })),
    }),
  };
  const listening = Object.entries(controls).flatMap(([verb, tell]) =>
    [`$SRV.${verb}`, `$SRV.${verb}.${name}`, `$SRV.${verb}.${name}.${id}`].map((subject) =>
      nats.subscribe(subject, {
        callback(error, message) {
          if (!error && isInbox(message.reply)) message.respond(JSON.stringify(tell()));
        },
      }),
    ),
  );

  return {
    /** What it tells of itself from now on. */
    announce(told: Readonly<Record<string, string>>): void {
      metadata = told;
    },
    /** Answers on a subject. `handle` tells an error that it has answered with. */
    addEndpoint(endpoint: Endpoint, handle: (message: Msg) => Promise<string | undefined>): AsyncDisposable {
      const counts = statistics();
      const underWay = new Set<Promise<void>>();
      endpoints.set(endpoint, counts);
      async function count(message: Msg): Promise<void> {
        const start = performance.now();
        const error = await handle(message).catch(String);
        counts.add(performance.now() - start, error);
      }
      const subscription = nats.subscribe(endpoint.subject, {
        queue,
        callback(error, message) {
          if (error || !isInbox(message.reply)) return;
          const work = count(message).finally(() => underWay.delete(work));
          underWay.add(work);
        },
      });
      return {
        async [Symbol.asyncDispose]() {
          endpoints.delete(endpoint);
          await end(subscription);
          await Promise.all(underWay);
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(listening.map(end));
    },
  };
}

/** What has arrived is still handled. */
async function end(subscription: Subscription): Promise<void> {
  if (!subscription.isClosed()) await subscription.drain().catch(() => {});
}

function statistics() {
  let [requests, errors, nanoseconds, last] = [0, 0, 0, ""];
  return {
    add(milliseconds: number, error: string | undefined): void {
      requests++;
      nanoseconds += Math.round(milliseconds * nanosecond);
      if (error === undefined) return;
      errors++;
      last = error;
    },
    told: () => ({
      ...{ num_requests: requests, num_errors: errors, last_error: last, processing_time: nanoseconds },
      average_processing_time: requests === 0 ? 0 : Math.round(nanoseconds / requests),
    }),
  };
}
