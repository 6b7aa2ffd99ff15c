import { setImmediate, setTimeout } from "node:timers/promises";
import { DeliverPolicy, type JetStreamClient, type JsMsg } from "@nats-io/jetstream";
import { startDelivery } from "../../ports/adapting.ts";
import type { Subscription } from "../../ports/messaging.ts";
import type { Log, RecordStore } from "../../ports/mod.ts";
import { asFault, isMissing } from "./_faults.ts";
import { type History, pagesOf } from "./_history.ts";
import type { Held } from "./_lease.ts";
import type { Link } from "./_link.ts";
import { decode, isMeantForAnother } from "./_messages.ts";
import { type InStream, type Kept, nowhere, openPlace, type Place, readingOf, resume } from "./_place.ts";
import type { Streams } from "./_streams.ts";
import { streamOf } from "./_subjects.ts";

const betweenSaves = 50;
const untilThereIsAStream = 300;
const betweenLooks = 15_000;
const batch = 100;
/** With heartbeats by the half second, a server that was killed is read again within a second of its return. */
export const pulling = {
  max_messages: 500,
  expires: 2_000,
  idle_heartbeat: 500,
  abort_on_missing_resource: true,
} as const;
const readerIsForgotten = 30_000;

export type ReaderOptions = {
  readonly js: JetStreamClient;
  readonly link: Link;
  readonly root: string;
  readonly streams: Streams;
  readonly places: RecordStore<Place>;
  /** What streams no longer keep. */
  readonly history: History | undefined;
  readonly log: Log;
};

/** Reads a kind from a consumer's place on, in the order of the stream, as long as the lease on it is held. */
export async function readOn(
  subscription: Subscription,
  { signal, lose }: Held,
  { js, link, root, streams, places, history, log }: ReaderOptions,
): Promise<void> {
  const { consumer, kind } = subscription;
  const doing = `Cannot read ${kind}`;
  const { from, save } = await openPlace(places, readingOf(subscription), lose);
  const delivery = startDelivery<Place>({ ...{ subscription, signal, log, betweenSaves }, from, save });

  while (!signal.aborted) {
    try {
      await delivery.roomFor(2 * batch);
      await link.stands(signal);
      const stream = await link.whileUp(streams.find(kind));
      if (stream) await read(stream);
      else await setTimeout(untilThereIsAStream, undefined, { signal });
    } catch (error) {
      // A stream or a reader that is gone is looked for anew, at once.
      if (!isMissing(error)) await delivery.again(asFault(error, doing));
    }
  }
  await delivery.ended;

  async function read(stream: Kept): Promise<void> {
    const at = delivery.read();
    if (!("stream" in at)) return readHistory(at.before, stream, at.after);
    const { place, lacking } = resume(at, stream, Date.now());
    if (lacking !== undefined) return readHistory(lacking, stream);
    delivery.pass(place);
    await readStream(place);
  }

  async function readHistory(before: string, stream: Kept, after?: string): Promise<void> {
    if (!history && stream.first > 1) log(`The stream of ${kind} lacks what is from before ${before}`, { consumer });
    const query = { kind, before, ...(after !== undefined && { after }) };
    for await (const page of history ? pagesOf(history, query) : []) {
      for (const { envelope, cursor } of page) {
        await delivery.roomFor(1);
        delivery.take(envelope, { before, after: cursor });
      }
    }
    delivery.pass({ ...nowhere, at: before });
  }

  /** Returns when there is no more room, or to look again where it stands. */
  async function readStream({ stream, sequence }: InStream): Promise<void> {
    const reader = await link.whileUp(
      js.consumers.get(streamOf(root, kind), {
        deliver_policy: DeliverPolicy.StartSequence,
        // The last one that was read comes again: it tells whether this is still the same stream.
        opt_start_seq: Math.max(sequence, 1),
        inactive_threshold: readerIsForgotten,
      }),
    );
    const messages = await reader.consume(pulling);
    const stop = () => messages.stop();
    const looking = setInterval(async () => {
      const found = await streams.find(kind).catch(() => ({ created: stream }));
      if (found?.created !== stream) stop();
    }, betweenLooks);
    signal.addEventListener("abort", stop);
    // While the reader was made nobody listened.
    if (signal.aborted) stop();
    try {
      let count = 0;
      for await (const message of messages) {
        if (signal.aborted || !accept(message, stream) || delivery.room() === 0) return;
        if (++count % batch === 0) await setImmediate();
      }
    } finally {
      clearInterval(looking);
      signal.removeEventListener("abort", stop);
      stop();
      reader.delete().catch(() => {});
    }
  }

  /** Answers whether the stream is still the one that the place is in. */
  function accept(message: JsMsg, stream: string): boolean {
    const last = delivery.read() as InStream;
    const { seq: sequence, timestamp: at } = message;
    if (sequence === last.sequence && at === last.at) return true;
    if (sequence <= last.sequence) {
      log(`The stream of ${kind} is not what it was: it is read from its beginning`, { consumer });
      delivery.pass({ ...nowhere, at: last.at });
      return false;
    }
    const place = { stream, sequence, at };
    if (isMeantForAnother(stream, message)) {
      delivery.pass(place);
      return true;
    }
    const event = decode(root, kind, message);
    if (event) delivery.take(event, place);
    else delivery.pass(place);
    if (!event) log(`Message ${sequence} in the stream of ${kind} is no event of it`, { subject: message.subject });
    return true;
  }
}
