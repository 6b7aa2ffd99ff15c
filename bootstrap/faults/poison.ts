/**
 * Events that a consumer can't react to, among many that it can.
 *
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { createParking, createStores, openDatabase } from "../../adapters/mongodb/mod.ts";
import { createEventBus, keepStreams } from "../../adapters/nats/mod.ts";
import type { Instant, UserId } from "../../domains/shared/mod.ts";
import type { Envelope } from "../../ports/mod.ts";
import { type Backing, startBacking } from "../cluster/backing.ts";
import { type Consumption, consume } from "../consume.ts";
import { until } from "../demo/until.ts";
import { allKinds } from "../distributed/accounts.ts";
import { databaseOf, urlOf } from "../distributed/ground.ts";
import { createRandom, shuffled } from "../end_to_end/crash/plan.ts";
import { createParkedEvents } from "../parked_events.ts";
import { system } from "../services.ts";
import type { Outcome, Run } from "./campaign.ts";
import { connectAs } from "./connecting.ts";

export const name = "poison";
export const what = "200 poison events among 20,000: parked with payload and reason, replayable; others not delayed";

const sizes = { short: { events: 1_500, poison: 15 }, long: { events: 20_000, poison: 200 } } as const;
const aggregates = 300;
const patience = 600_000;
/** What poison may cost all others, of the time that they take without it. */
const allowed = 2;
const log = () => {};

export async function run({ seed, tell, scale }: Run): Promise<Outcome> {
  const { events: count, poison } = sizes[scale];
  const folder = mkdtempSync(join(tmpdir(), "lucent-poison-"));
  try {
    await using backing = await startBacking(folder);
    await using running = new AsyncDisposableStack();
    const keeping = running.use(await connectAs(backing, "keeper"));
    running.use(await keepStreams({ connection: keeping, kinds: allKinds, log }));
    const { producer, bus, parking } = await openBuses(backing, running);

    const handled = new Map<string, number>();
    let healed = false;
    const consumption: Consumption = {
      ...{ consumer: "notification", kind: "order", concerns: () => true },
      async react({ id, event }) {
        if (event.type === "Poison" && !healed) throw new Error("It is poison");
        handled.set(id, (handled.get(id) ?? 0) + 1);
      },
    };
    running.use(consume(consumption, bus, parking, log));

    async function carry(events: readonly Envelope[], good: number): Promise<number> {
      const before = handled.size;
      const start = performance.now();
      await producer.publish(events);
      await until(
        "the good ones to be handled",
        async () => handled.size - before,
        (done) => done >= good,
        patience,
      );
      return performance.now() - start;
    }

    const warm = ordinary(count, 0);
    await carry(warm, count);
    const alone = await carry(ordinary(count, 1), count);
    const poisoned = Array.from({ length: poison }, (_, place) => envelope("Poison", `poison-${place}`, 1));
    const mixed = mixedIn(ordinary(count - poison, 2), poisoned, seed);
    const among = await carry(mixed, count - poison);
    tell(`${Math.round(alone)} ms without poison, ${Math.round(among)} ms among it`);

    const list = () => parking.list({ limit: 1_000 });
    const { items } = await until("all poison to be parked", list, (page) => page.items.length >= poison, patience);
    const faults: string[] = [];
    if (items.length !== poison) faults.push(`${items.length} events are parked, of ${poison}`);
    for (const { event, reason } of items) {
      const sent = poisoned.find(({ id }) => id === event.id);
      if (!isDeepStrictEqual(event, sent) || !reason.includes("It is poison")) faults.push(`${event.id}: ${reason}`);
    }
    if (among > allowed * alone) faults.push(`The others took ${(among / alone).toFixed(2)} times as long`);

    healed = true;
    const parked = createParkedEvents(parking, [consumption], log);
    for (const { id, event } of items) {
      const outcome = await parked.replay(id);
      if (outcome !== "done") faults.push(`${event.id} is replayed: ${outcome}`);
    }
    const left = (await list()).items.length;
    if (left > 0) faults.push(`${left} events are still parked`);
    const sent = [...warm, ...mixed];
    faults.push(
      ...sent.filter(({ id }) => handled.get(id) !== 1).map(({ id }) => `${id}: ${handled.get(id) ?? 0} times`),
    );
    return {
      figures: { events: count, parked: items.length, "per cent of the time": Math.round((100 * among) / alone) },
      faults,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A bus that publishes for the task service, and one that reads for the notification service, with its parking. */
async function openBuses(backing: Backing, running: AsyncDisposableStack) {
  const storesOf = (service: "task" | "notification") => {
    const { mongodb = "", authority } = backing.distribution(service, "");
    const password = backing.passwordOf(service, "mongodb-password");
    const url = urlOf({ mongodb, service, password, authority });
    const database = running.use(openDatabase({ url, name: databaseOf(service) }));
    return { database, records: createStores(database, system.clock).records };
  };
  const open = async (service: "task" | "notification", { records }: ReturnType<typeof storesOf>) =>
    running.use(await createEventBus({ connection: running.use(await connectAs(backing, service)), records, log }));
  const own = storesOf("notification");
  return {
    producer: await open("task", storesOf("task")),
    bus: await open("notification", own),
    parking: createParking(own.database),
  };
}

function ordinary(count: number, batch: number): readonly Envelope[] {
  return Array.from({ length: count }, (_, place) =>
    envelope("Ordinary", `${batch}-${place % aggregates}`, 1 + Math.floor(place / aggregates)),
  );
}

/** Poison anywhere among the others, which stay in their order. */
function mixedIn(others: readonly Envelope[], poison: readonly Envelope[], seed: number): readonly Envelope[] {
  const random = createRandom(seed);
  const places = shuffled([...others.map(() => false), ...poison.map(() => true)], random);
  const [good, bad] = [[...others], [...poison]];
  return places.flatMap((isPoison) => (isPoison ? bad : good).shift() ?? []);
}

function envelope(type: string, aggregate: string, revision: number): Envelope {
  return {
    ...{ id: `order/${aggregate}/${revision}`, kind: "order", aggregate, revision, schema: 1 },
    at: new Date().toISOString() as Instant,
    cause: { actor: "campaign" as UserId, correlation: "campaign" },
    event: { type, note: `${aggregate} ${revision}` } as Envelope["event"],
  };
}
