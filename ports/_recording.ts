import type { Change } from "./aggregate_store.ts";
import type { Clock } from "./clock.ts";
import type { Envelope } from "./envelope.ts";

const largestEvent = 256 * 1024;

/** An event as a journal keeps it. */
export type Recorded = { readonly envelope: Envelope; readonly stored: string; readonly hash: string };

/**
 * What a change adds to the journal. Each hash covers the one before and the stored bytes; `head` is the aggregate's last one
 * so far, empty where it has none.
 */
export function record(change: Change, head: string, clock: Clock): readonly Recorded[] {
  const { kind, schema, id: aggregate, revision: seen, events, cause } = change;
  let hash = head;
  return events.map((event, index) => {
    const revision = seen + index + 1;
    const id = `${kind}/${aggregate}/${revision}`;
    const envelope: Envelope = { id, kind, aggregate, revision, schema, at: clock(), cause, event };
    const stored = JSON.stringify(envelope);
    if (Buffer.byteLength(stored) > largestEvent) throw new RangeError(`Cannot record ${id}: it is above 256 kB`);
    hash = new Bun.CryptoHasher("sha256").update(hash).update(stored).digest("hex");
    return { envelope, stored, hash };
  });
}
