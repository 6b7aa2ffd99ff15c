import { setTimeout } from "node:timers/promises";
import { jetstream, type PubAck } from "@nats-io/jetstream";
import { BusUnreachable, type Envelope } from "../../ports/mod.ts";
import { asFault, nobodyListens } from "./_faults.ts";
import type { Link } from "./_link.ts";
import { encode } from "./_messages.ts";
import type { Connection } from "./connection.ts";

/** How many messages wait for their acknowledgements at once. */
const inFlight = 256;
const acknowledged = 3_000;

/** One stream over one connection: behind another one of either, what was acknowledged may be gone. */
export type Target = { readonly stream: string; readonly connected: number };

/** The sequences that a kind's events were given: the lowest of those that the stream did not have, the highest of all. */
export type Given = { readonly lowest: number; readonly highest: number };

export const noneGiven: Given = { lowest: Number.POSITIVE_INFINITY, highest: 0 };

type Options = {
  readonly connection: Connection;
  readonly root: string;
  readonly link: Link;
  readonly signal: AbortSignal;
};

/** Sends events, each until it is acknowledged or the deadline has passed. */
export function createSending({ connection, root, link, signal }: Options) {
  const js = jetstream(connection.nats);

  const mayPass = (fault: unknown, deadline: number) =>
    fault instanceof BusUnreachable && performance.now() <= deadline && !signal.aborted;

  const pause = (attempt: number) =>
    setTimeout(Math.min(20 * 2 ** attempt, 1_000) * (0.5 + Math.random() / 2), undefined, { signal });

  async function store(event: Envelope, target: Target | undefined, deadline: number): Promise<PubAck> {
    const { subject, headers, body } = encode(root, event, target?.stream);
    const doing = `Cannot publish ${event.id}`;
    for (let attempt = 1; ; attempt++) {
      if (target && link.changed.count() !== target.connected) {
        throw new BusUnreachable(`${doing}: the connection was lost`);
      }
      try {
        return await link.whileUp(js.publish(subject, body, { headers, timeout: acknowledged }));
      } catch (error) {
        const fault = asFault(error, doing);
        if (nobodyListens(error) || !mayPass(fault, deadline)) throw fault;
        await pause(attempt);
      }
    }
  }

  return {
    mayPass,
    pause,
    /** Those of one aggregate one after another: one that has to be sent again must not come behind its successors. */
    async sendAll(
      events: readonly Envelope[],
      targets: ReadonlyMap<string, Target | undefined>,
      deadline: number,
    ): Promise<ReadonlyMap<string, Given>> {
      const lanes = Map.groupBy(events, ({ kind, aggregate }) => `${kind}/${aggregate}`).values();
      const given = new Map<string, Given>();
      const faults: unknown[] = [];
      async function work(): Promise<void> {
        for (const lane of lanes) {
          for (const event of lane) {
            if (faults.length > 0) return;
            const { kind } = event;
            const ack = await store(event, targets.get(kind), deadline).catch((error) => void faults.push(error));
            if (ack) given.set(kind, including(given.get(kind) ?? noneGiven, ack));
          }
        }
      }
      await Promise.all(Array.from({ length: Math.min(inFlight, events.length) }, work));
      if (faults.length > 0) throw faults[0];
      return given;
    },
  };
}

function including({ lowest, highest }: Given, { seq, duplicate }: PubAck): Given {
  return { lowest: duplicate ? lowest : Math.min(lowest, seq), highest: Math.max(highest, seq) };
}
