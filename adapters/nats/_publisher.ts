import { BusUnreachable, type Envelope, type Log } from "../../ports/mod.ts";
import type { Extents } from "./_extent.ts";
import { type History, pagesOf } from "./_history.ts";
import type { Link } from "./_link.ts";
import { type Kept, rebuiltFrom } from "./_place.ts";
import { createSending, type Given, noneGiven, type Target } from "./_sending.ts";
import type { Streams } from "./_streams.ts";
import type { Connection } from "./connection.ts";

/** After this the caller is told; trying again is up to them. */
const patience = 10_000;

export type Own = { readonly kinds: readonly string[]; readonly history: History };

type Options = {
  readonly connection: Connection;
  readonly root: string;
  readonly link: Link;
  readonly streams: Streams;
  /**
   * The service's kinds, and what it has recorded: a stream that is new, or has lost something, is filled from it before
   * anything else goes into it.
   */
  readonly own: Own | undefined;
  readonly extents: Extents;
  readonly log: Log;
  readonly signal: AbortSignal;
};

export function createPublisher({ connection, root, link, streams, own, extents, log, signal }: Options) {
  const { sendAll, mayPass, pause } = createSending({ connection, root, link, signal });
  const whole = new Map<string, { readonly connected: number; readonly work: Promise<Target | undefined> }>();

  /** Resolves once there is a stream of the kind, with all in it that belongs there. */
  function ready(kind: string): Promise<Target | undefined> {
    const connected = link.changed.count();
    const known = whole.get(kind);
    if (known?.connected === connected) return known.work;
    const made = { connected, work: fill(kind, connected) };
    whole.set(kind, made);
    made.work.catch(() => whole.get(kind) === made && whole.delete(kind));
    return made.work;
  }

  async function fill(kind: string, connected: number): Promise<Target | undefined> {
    if (own && !own.kinds.includes(kind)) return undefined;
    const kept = await link.whileUp(streams.make(kind));
    const target = { stream: kept.created, connected };
    if (!own) return target;
    const noted = await extents.get(kind);
    const known = noted?.stream === kept.created ? noted : undefined;
    if (known?.whole && known.sequence <= kept.last) return target;
    // When it is filled in part, its length tells nothing any more.
    if (known) await extents.set(kind, async () => ({ ...known, whole: false }));
    const why = known ? "It has lost what it had acknowledged" : "It is new";
    log(`The stream of ${kind} is filled with what was recorded`, { why, created: kept.created, last: kept.last });
    const from = rebuiltFrom(known ? new Date().toISOString() : kept.created);
    let highest = 0;
    for await (const page of pagesOf(own.history, { kind, from })) {
      const events = page.map(({ envelope }) => envelope);
      const given = await sendAll(events, new Map([[kind, target]]), performance.now() + patience);
      highest = given.get(kind)?.highest ?? highest;
    }
    await extents.set(kind, async () => {
      const { last } = await look(kind, target, highest);
      return { stream: target.stream, sequence: last, whole: true };
    });
    return target;
  }

  /** Throws where it is not the stream any more that gave out the sequence. */
  async function look(kind: string, { stream, connected }: Target, highest: number): Promise<Kept> {
    const kept = await link.whileUp(streams.find(kind));
    if (kept?.created === stream && kept.last >= highest && link.changed.count() === connected) return kept;
    throw changed(kind);
  }

  /** Throws where some of it may be gone although it was acknowledged. `reached` is how far the stream had come before. */
  async function confirm(kind: string, target: Target, { lowest, highest }: Given, reached: number): Promise<void> {
    const { last } = await look(kind, target, highest);
    if (!own) return;
    const { stream, connected } = target;
    if (lowest <= reached) await extents.set(kind, async () => ({ stream, sequence: reached, whole: false }));
    const grown = await extents.grow(kind, stream, last);
    if (!grown || link.changed.count() !== connected) throw changed(kind);
  }

  async function attempt(events: readonly Envelope[], kinds: ReadonlySet<string>, deadline: number): Promise<void> {
    await link.stands(signal, deadline);
    const targets = new Map(await Promise.all([...kinds].map(async (kind) => [kind, await ready(kind)] as const)));
    const reached = new Map([...kinds].map((kind) => [kind, extents.reached(kind)]));
    const given = await sendAll(events, targets, deadline);
    await Promise.all(
      [...targets].map(async ([kind, target]) => {
        if (target) await confirm(kind, target, given.get(kind) ?? noneGiven, reached.get(kind) ?? 0);
      }),
    );
  }

  return {
    /** Over one connection and into one stream a kind, or all of it again. */
    async publish(events: readonly Envelope[]): Promise<void> {
      const deadline = performance.now() + patience;
      const kinds = new Set(events.map(({ kind }) => kind));
      for (let tries = 1; ; tries++) {
        try {
          return await attempt(events, kinds, deadline);
        } catch (error) {
          for (const kind of kinds) whole.delete(kind);
          if (!mayPass(error, deadline)) throw error;
          await pause(tries);
        }
      }
    },
    ready,
    /** The stream may be another one by now: it is looked at before it is used again. */
    distrust: (kind: string) => void whole.delete(kind),
  };
}

const changed = (kind: string) => new BusUnreachable(`The stream of ${kind} is not the one that was published to`);
