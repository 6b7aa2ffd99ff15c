import { pause } from "./_pause.ts";
import { createSignal } from "./_signal.ts";
import type { Envelope } from "./envelope.ts";
import type { Log } from "./log.ts";
import type { Subscription } from "./messaging.ts";

const pauseAfterFault = 1_000;
/** How many events a subscription has in hand: an aggregate whose reaction waits must not stop the others. */
const window = 10_000;

/** The half of a subscription that hands on what the bus has read. Its places are in the order of reading. */
export type Delivery<Place> = {
  /** Up to here it is read. */
  read(): Place;
  /** Takes the event that was read next; everything up to it and this place is read. */
  take(event: Envelope, place: Place): void;
  /** Everything up to this place is read, and there was nothing to hand on. */
  pass(place: Place): void;
  /** How many more events may be taken. */
  room(): number;
  /** Waits until at least so many may be taken. Rejects when the signal aborts. */
  roomFor(events: number): Promise<void>;
  /** Tells what went wrong while reading, and waits a moment. */
  again(error: unknown): Promise<void>;
  /** Resolves after the signal has aborted: nothing is in hand any more, and the place is saved. */
  readonly ended: Promise<void>;
};

type Options<Place> = {
  readonly subscription: Subscription;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly from: Place;
  /** Keeps the place up to which everything is handled. What is not saved comes again: reactions have keys. */
  readonly save: (place: Place) => Promise<unknown>;
  /** Milliseconds between two saves, at the least. */
  readonly betweenSaves: number;
};

/**
 * Hands events to a subscription: those of one aggregate one after another, different aggregates side by side; each again and
 * again until its reaction resolves. Goes on until the signal aborts.
 */
export function startDelivery<Place>(options: Options<Place>): Delivery<Place> {
  const { subscription, signal, log, from, save, betweenSaves } = options;
  const { consumer, kind, react } = subscription;
  const lanes = new Map<string, Promise<void>>();
  /** For each event in hand the place before it. They enter in order: the first that is left is the earliest. */
  const inHand = new Map<Envelope, Place>();
  const handled = createSignal();
  let read = from;
  let saved = from;

  async function again(error: unknown, correlation?: string): Promise<void> {
    if (signal.aborted) return;
    log(`Cannot deliver ${kind}`, { consumer, error, ...(correlation && { correlation }) });
    await pause(pauseAfterFault, signal);
  }

  async function handle(event: Envelope): Promise<void> {
    while (!signal.aborted) {
      try {
        await react(event, signal);
        inHand.delete(event);
        return handled.raise();
      } catch (error) {
        await again(error, event.cause.correlation);
      }
    }
  }

  async function saveReached(): Promise<void> {
    const [reached = read] = inHand.values().take(1);
    if (reached === saved) return;
    await save(reached);
    saved = reached;
  }

  async function keepPlace(): Promise<void> {
    for (let seen = handled.count(); !signal.aborted; seen = handled.count()) {
      await saveReached().catch((error) => again(error));
      if (betweenSaves > 0) await pause(betweenSaves, signal);
      await handled.past(seen, signal).catch(() => {});
    }
  }

  async function end(): Promise<void> {
    await keepPlace();
    await Promise.all(lanes.values());
    await saveReached().catch(() => {});
  }

  return {
    read: () => read,
    take(event, place) {
      const { aggregate } = event;
      inHand.set(event, read);
      read = place;
      const lane = (lanes.get(aggregate) ?? Promise.resolve()).then(() => handle(event));
      lanes.set(aggregate, lane);
      lane.then(() => lanes.get(aggregate) === lane && lanes.delete(aggregate));
    },
    pass(place) {
      read = place;
      handled.raise();
    },
    room: () => window - inHand.size,
    async roomFor(events) {
      for (let seen = handled.count(); window - inHand.size < events; seen = handled.count()) {
        await handled.past(seen, signal);
      }
    },
    again,
    ended: end(),
  };
}
