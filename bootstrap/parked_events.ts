import type { Parked, Parking } from "../ports/messaging.ts";
import type { Log, Page } from "../ports/mod.ts";
import type { Consumption } from "./consume.ts";

export type ParkedEvents = ReturnType<typeof createParkedEvents>;

export type ParkedOutcome = "done" | "absent" | "behind-another" | "failed-again";

/** What a service has parked: shown, tried again, dismissed. Within an aggregate the earliest comes first. */
export function createParkedEvents(parking: Parking, consumptions: readonly Consumption[], log: Log) {
  const list = (query: { readonly after?: string; readonly limit: number }): Promise<Page<Parked>> =>
    parking.list(query);

  async function find(id: string): Promise<Parked | undefined> {
    for await (const parked of all(parking)) if (parked.id === id) return parked;
    return undefined;
  }

  async function react({ consumer, event }: Parked): Promise<void> {
    const reactor = consumptions.find((each) => each.consumer === consumer && each.kind === event.kind);
    if (!reactor) throw new Error(`Cannot replay ${event.id}: nothing here reacts to its kind`);
    await reactor.react(event);
  }

  async function settle(id: string, settling: (parked: Parked) => Promise<unknown>): Promise<ParkedOutcome> {
    const parked = await find(id);
    if (!parked) return "absent";
    if (await parking.closed(parked.consumer, parked.event)) return "behind-another";
    try {
      await settling(parked);
    } catch (error) {
      log(`Cannot replay ${parked.event.id}`, { error, correlation: parked.event.cause.correlation });
      return "failed-again";
    }
    return (await parking.remove(id)) === "removed" ? "done" : "absent";
  }

  return {
    list,
    /** Reacts to it now; it stays parked where that fails. */
    replay: (id: string) => settle(id, react),
    /** Gives it up: the reaction never happens. */
    dismiss: (id: string) => settle(id, async () => {}),
    /** Tries all again that were parked for what may have passed. Answers how many are left. */
    async retry(): Promise<number> {
      let left = 0;
      for await (const { id, retryable } of all(parking)) {
        if (!retryable || (await settle(id, react)) !== "done") left++;
      }
      return left;
    },
  };
}

async function* all(parking: Parking): AsyncGenerator<Parked> {
  let after: string | undefined;
  do {
    const page: Page<Parked> = await parking.list({ limit: 100, ...(after !== undefined && { after }) });
    yield* page.items;
    after = page.next;
  } while (after !== undefined);
}
