import type { Parked, Parking } from "../ports/messaging.ts";
import { allOf, type Log, type Page } from "../ports/mod.ts";
import type { Consumption } from "./consume.ts";

export type ParkedEvents = ReturnType<typeof createParkedEvents>;

export type ParkedOutcome = "done" | "absent" | "behind-another" | "failed-again";

/** What a service has parked: shown, tried again, dismissed. Within an aggregate the earliest comes first. */
export function createParkedEvents(parking: Parking, consumptions: readonly Consumption[], log: Log) {
  const list = (query: { readonly after?: string; readonly limit: number }): Promise<Page<Parked>> =>
    parking.list(query);
  const all = () => allOf((place) => list({ limit: 100, ...place }));

  async function find(id: string): Promise<Parked | undefined> {
    for await (const parked of all()) if (parked.id === id) return parked;
    return undefined;
  }

  async function react({ consumer, event }: Parked): Promise<void> {
    const reactor = consumptions.find((each) => each.consumer === consumer && each.kind === event.kind);
    if (!reactor) throw new Error(`Cannot replay ${event.id}: nothing here reacts to its kind`);
    await reactor.react(event);
  }

  /** The next of its aggregate, or why there is nothing to settle. */
  async function findNext(id: string): Promise<Parked | ParkedOutcome> {
    const parked = await find(id);
    if (!parked) return "absent";
    const standing = await parking.standing(parked.consumer, parked.event);
    return standing === "closed" ? "behind-another" : parked;
  }

  async function replay(id: string): Promise<ParkedOutcome> {
    const parked = await findNext(id);
    if (typeof parked === "string") return parked;
    try {
      await react(parked);
    } catch (error) {
      log(`Cannot replay ${parked.event.id}`, { error, correlation: parked.event.cause.correlation });
      return "failed-again";
    }
    return outcomeOf(await parking.remove(id));
  }

  return {
    list,
    /** Reacts to it now; it stays parked where that fails. */
    replay,
    /** Gives it up: the reaction never happens, however often the event comes again. */
    async dismiss(id: string): Promise<ParkedOutcome> {
      const parked = await findNext(id);
      return typeof parked === "string" ? parked : outcomeOf(await parking.dismiss(id));
    },
    /** Tries all again that were parked for what may have passed. Answers how many are left. */
    async retry(): Promise<number> {
      let left = 0;
      for await (const { id, retryable } of all()) {
        if (!retryable || (await replay(id)) !== "done") left++;
      }
      return left;
    },
  };
}

const outcomeOf = (end: "removed" | "absent"): ParkedOutcome => (end === "removed" ? "done" : "absent");
