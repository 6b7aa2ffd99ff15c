import { setTimeout } from "node:timers/promises";
import { jetstream } from "@nats-io/jetstream";
import { leaseKind } from "../../ports/adapting.ts";
import type { EventBus, Subscription } from "../../ports/messaging.ts";
import { BusUnreachable, type Log, type RecordKind, type RecordStore } from "../../ports/mod.ts";
import { createExtents, extentKind } from "./_extent.ts";
import { asFault } from "./_faults.ts";
import type { History } from "./_history.ts";
import { takeLease } from "./_lease.ts";
import { watchLink } from "./_link.ts";
import { placeKind, readingOf } from "./_place.ts";
import { createPublisher, type Own } from "./_publisher.ts";
import { readOn } from "./_reader.ts";
import { openStreams } from "./_streams.ts";
import { defaultRoot } from "./_subjects.ts";
import type { Connection } from "./connection.ts";

export type EventBusOptions = {
  readonly connection: Connection;
  /**
   * The service's own store: how far its consumers have come, which replica of them reads, and how far streams of its own
   * are known to reach.
   */
  readonly records: <Value>(kind: RecordKind<Value>) => RecordStore<Value>;
  /**
   * The kinds that this process publishes, and what it has recorded of them: a stream of theirs that is new, was made anew,
   * or has lost what it had acknowledged is filled from it. Without it streams hold what is published only.
   */
  readonly own?: Own;
  /** What was recorded of kinds that it consumes: for those who need what streams no longer keep. */
  readonly history?: History;
  /** The first word of subjects and streams. Default: `lucent`. */
  readonly root?: string;
  /** How many servers keep a copy of a stream that this process makes. Default: 1. */
  readonly replicas?: number;
  readonly log: Log;
};

export type NatsEventBus = EventBus &
  AsyncDisposable & {
    /** Rejects while NATS is not reached. */
    check(): Promise<void>;
  };

const betweenLooks = 15_000;
const afterFault = 1_000;
const answersWithin = 2_000;

/** A bus on NATS JetStream: a stream a kind. Dispose of it before its connection. */
export async function createEventBus(options: EventBusOptions): Promise<NatsEventBus> {
  const { connection, records, own, history, root = defaultRoot, replicas = 1, log } = options;
  const stop = new AbortController();
  const { signal: stopped } = stop;
  const streams = await openStreams(connection, root, replicas);
  const link = watchLink(connection);
  const extents = createExtents(records(extentKind));
  const publisher = createPublisher({ connection, root, link, streams, own, extents, log, signal: stopped });
  const reading = { js: jetstream(connection.nats), link, root, streams, places: records(placeKind), history, log };
  const leases = records(leaseKind);
  const holder = Bun.randomUUIDv7();
  const running = new Map<string, AsyncDisposable>();

  /** Fills streams that are new or have lost something, though nothing happens that would go into them. */
  async function lookAfter(kind: string): Promise<void> {
    for (let look = 1; !stopped.aborted; look++) {
      const seen = link.changed.count();
      await link.stands(stopped).catch(() => {});
      await publisher.ready(kind).catch((error) => {
        // Who makes streams may only be starting, too.
        const early = look === 1 && error instanceof BusUnreachable;
        if (!stopped.aborted) log(`Cannot fill ${kind}`, early ? { reason: error.message } : { error });
      });
      const limit = AbortSignal.any([stopped, AbortSignal.timeout(betweenLooks)]);
      await link.changed.past(seen, limit).catch(() => {});
      publisher.distrust(kind);
    }
  }

  async function deliver(subscription: Subscription, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const lease = { leases, name: readingOf(subscription), holder };
        await using held = await takeLease(lease, signal, log);
        await readOn(subscription, held, reading);
      } catch (error) {
        if (signal.aborted) return;
        log(`Cannot read ${subscription.kind}`, { consumer: subscription.consumer, error });
        await setTimeout(afterFault, undefined, { signal }).catch(() => {});
      }
    }
  }

  const looking = (own?.kinds ?? []).map(lookAfter);
  return {
    publish: publisher.publish,
    subscribe(subscription) {
      const name = `${subscription.consumer} to ${subscription.kind}`;
      if (running.has(name)) throw new Error(`Cannot subscribe ${name}: it is subscribed`);
      const end = new AbortController();
      const delivering = deliver(subscription, end.signal);
      const handle = {
        async [Symbol.asyncDispose]() {
          end.abort();
          await delivering;
          running.delete(name);
        },
      };
      running.set(name, handle);
      return handle;
    },
    async check() {
      const limit = AbortSignal.timeout(answersWithin);
      const { promise, reject } = Promise.withResolvers<never>();
      limit.addEventListener("abort", () => reject(new BusUnreachable("NATS does not answer")));
      await Promise.race([connection.nats.rtt(), promise]).catch((error) => {
        throw asFault(error, "Cannot reach NATS");
      });
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all([...running.values()].map((each) => each[Symbol.asyncDispose]()));
      await Promise.all(looking);
      await link[Symbol.asyncDispose]();
    },
  };
}
