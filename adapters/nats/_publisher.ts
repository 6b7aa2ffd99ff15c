import { setTimeout } from "node:timers/promises";
import { jetstream } from "@nats-io/jetstream";
import { BusUnreachable, type Envelope, type Log } from "../../ports/mod.ts";
import { asFault, nobodyListens } from "./_faults.ts";
import { type History, pagesOf } from "./_history.ts";
import type { Link } from "./_link.ts";
import { encode } from "./_messages.ts";
import { rebuiltFrom } from "./_place.ts";
import type { Streams } from "./_streams.ts";
import type { Connection } from "./connection.ts";

/** How many messages wait for their acknowledgements at once. */
const inFlight = 256;
const acknowledged = 3_000;
/** After this the caller is told; trying again is up to them. */
const patience = 10_000;

export type Own = { readonly kinds: readonly string[]; readonly history: History };

type Options = {
  readonly connection: Connection;
  readonly root: string;
  readonly link: Link;
  readonly streams: Streams;
  /** The service's kinds, and what it has recorded: a stream that is new is filled from it before anything else goes into it. */
  readonly own: Own | undefined;
  readonly log: Log;
  readonly signal: AbortSignal;
};

export function createPublisher({ connection, root, link, streams, own, log, signal }: Options) {
  const js = jetstream(connection.nats);
  const whole = new Map<string, Promise<void>>();

  /** Resolves once there is a stream of the kind, with all in it that belongs there. */
  function ready(kind: string): Promise<void> {
    const known = whole.get(kind);
    if (known) return known;
    const work = fill(kind);
    whole.set(kind, work);
    work.catch(() => forget(kind, work));
    return work;
  }

  function forget(kind: string, work = whole.get(kind)): void {
    if (whole.get(kind) === work) whole.delete(kind);
  }

  async function fill(kind: string): Promise<void> {
    if (own && !own.kinds.includes(kind)) return;
    const { created } = await link.whileUp(streams.make(kind));
    if (!own) return;
    if ((await link.whileUp(streams.filled(kind))) === created) return;
    log(`The stream of ${kind} is filled with what was recorded`, { created });
    for await (const page of pagesOf(own.history, { kind, from: rebuiltFrom(created) })) {
      await storeAll(page.map(({ envelope }) => envelope));
    }
    await link.whileUp(streams.noteFilled(kind, created));
  }

  async function store(event: Envelope, deadline: number, when: (kind: string) => Promise<void>): Promise<void> {
    const { subject, headers, body } = encode(root, event);
    const doing = `Cannot publish ${event.id}`;
    for (let attempt = 1; ; attempt++) {
      try {
        await link.stands(signal, deadline);
        await when(event.kind);
        await link.whileUp(js.publish(subject, body, { headers, timeout: acknowledged }));
        return;
      } catch (error) {
        const fault = asFault(error, doing);
        if (nobodyListens(error)) forget(event.kind);
        if (!(fault instanceof BusUnreachable) || performance.now() > deadline || signal.aborted) throw fault;
        await setTimeout(Math.min(20 * 2 ** attempt, 1_000) * (0.5 + Math.random() / 2), undefined, { signal });
      }
    }
  }

  /** Those of one aggregate one after another: one that has to be sent again must not come behind its successors. */
  async function storeAll(events: readonly Envelope[], when = async (_kind: string) => {}): Promise<void> {
    const deadline = performance.now() + patience;
    const lanes = Map.groupBy(events, ({ kind, aggregate }) => `${kind}/${aggregate}`).values();
    const faults: unknown[] = [];
    async function work(): Promise<void> {
      for (const lane of lanes) {
        for (const event of lane) {
          if (faults.length > 0) return;
          await store(event, deadline, when).catch((error) => faults.push(error));
        }
      }
    }
    await Promise.all(Array.from({ length: Math.min(inFlight, events.length) }, work));
    if (faults.length > 0) throw faults[0];
  }

  return {
    publish: (events: readonly Envelope[]) => storeAll(events, ready),
    ready,
    /** The stream may be another one by now: it is looked at before it is used again. */
    distrust: (kind: string) => void whole.delete(kind),
  };
}
