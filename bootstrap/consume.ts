import { within } from "../ports/adapting.ts";
import type { EventBus, Parking } from "../ports/messaging.ts";
import { type Envelope, Fault, type Log, type Reactor } from "../ports/mod.ts";
import { isRetryable, retrying } from "./retrying.ts";
import { createSlots } from "./slots.ts";

/** How many reactions of a subscription go on at once: the others have no deadline yet, and are no hindrance to its end. */
const most = 200;
const usually = 30_000;
const patience = 60 * 60 * 1000;

/** What of a kind's events a consumer reacts to, and how. */
export type Consumption = Reactor & { readonly consumer: string };

/**
 * Subscribes reactions: what may work later is tried again and holds up its aggregate only; what won't, or did not for an
 * hour, is parked.
 */
export function consume(
  consumption: Consumption,
  bus: EventBus,
  parking: Parking,
  log: Log,
  deadline = usually,
): AsyncDisposable {
  const { consumer, kind, concerns, react } = consumption;
  const inSlot = createSlots(most);
  const late = () => new DeadlinePassed(`No end after ${deadline} ms`);

  async function reactOrPark(event: Envelope, signal: AbortSignal): Promise<void> {
    if (!concerns(event.event.type)) return;
    const about = { consumer, correlation: event.cause.correlation };
    const untilItWorks = { signal, log, about, what: `look up or park ${event.id}` };
    const park = (reason: string, retryable: boolean) =>
      retrying(() => parking.park(consumer, event, reason, retryable), untilItWorks);
    const look = () => inSlot(() => parking.standing(consumer, event), signal);
    const standing = await retrying(look, untilItWorks);
    if (standing === "dismissed") return;
    if (standing === "closed") return park("An earlier event of the same aggregate is parked", true);
    let underWay: Promise<unknown> | undefined;
    // What goes on beyond its deadline is waited for again. Begun anew, it would queue behind itself, and all others with it.
    async function goOn(): Promise<void> {
      underWay ??= react(event);
      const work = underWay;
      try {
        await work;
      } catch (error) {
        if (underWay === work) underWay = undefined;
        throw error;
      }
    }
    const since = Date.now();
    const worthIt = (error: unknown) => isRetryable(error) && Date.now() - since < patience;
    try {
      const attempt = () => inSlot(() => within(deadline, goOn(), late), signal);
      await retrying(attempt, { ...untilItWorks, what: `react to ${event.id}`, worthIt });
    } catch (error) {
      signal.throwIfAborted();
      log(`Parked ${event.id}`, { ...about, error });
      await park(String(error), isRetryable(error));
    }
  }

  return bus.subscribe({ consumer, kind, react: reactOrPark });
}

/** A reaction takes longer than it may: those after it get its slot. */
class DeadlinePassed extends Fault {
  readonly retryable = true;
}
