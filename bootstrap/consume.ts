import type { EventBus, Parking } from "../ports/messaging.ts";
import { type Envelope, Fault, type Log, type Reactor } from "../ports/mod.ts";
import { retrying } from "./retrying.ts";
import { createSlots } from "./slots.ts";

/** How many reactions of a subscription go on at once: the others have no deadline yet, and are no hindrance to its end. */
const most = 200;
const deadline = 30_000;
const patience = 60 * 60 * 1000;

/** What of a kind's events a consumer reacts to, and how. */
export type Consumption = Reactor & { readonly consumer: string };

/**
 * Subscribes reactions: what may work later is tried again and holds up its aggregate only; what won't, or did not for an
 * hour, is parked.
 */
export function consume(consumption: Consumption, bus: EventBus, parking: Parking, log: Log): AsyncDisposable {
  const { consumer, kind, concerns, react } = consumption;
  const inSlot = createSlots(most);

  async function reactOrPark(event: Envelope, signal: AbortSignal): Promise<void> {
    if (!concerns(event.event.type)) return;
    const about = { consumer, correlation: event.cause.correlation };
    const untilItWorks = { signal, log, about, what: `look up or park ${event.id}` };
    const park = (reason: string, retryable: boolean) =>
      retrying(() => parking.park(consumer, event, reason, retryable), untilItWorks);
    if (await retrying(() => parking.closed(consumer, event), untilItWorks)) {
      return park("An earlier event of the same aggregate is parked", true);
    }
    const since = Date.now();
    const worthIt = (error: unknown) => isRetryable(error) && Date.now() - since < patience;
    try {
      const attempt = () => inSlot(() => within(deadline, react(event)), signal);
      await retrying(attempt, { ...untilItWorks, what: `react to ${event.id}`, worthIt });
    } catch (error) {
      signal.throwIfAborted();
      log(`Parked ${event.id}`, { ...about, error });
      await park(String(error), isRetryable(error));
    }
  }

  return bus.subscribe({ consumer, kind, react: reactOrPark });
}

/** A reaction took longer than it may. It is asked again: what it did by then has been recorded under its key. */
class DeadlinePassed extends Fault {
  readonly retryable = true;
}

function isRetryable(error: unknown): boolean {
  return error instanceof Fault && error.retryable;
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new DeadlinePassed(`No end after ${milliseconds} ms`)), milliseconds);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
