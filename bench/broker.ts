import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { connectToNats, createEventBus } from "../adapters/nats/mod.ts";
import { startNats } from "../bootstrap/servers/mod.ts";
import type { Instant, UserId } from "../domains/shared/mod.ts";
import type { Envelope } from "../ports/mod.ts";
import { inTurns, median } from "./_measure.ts";
import type { Figure } from "./_report.ts";
import { openFolder, openStores } from "./_stand.ts";

const many = 10_000;
const aggregates = 500;
const batch = 500;
const inFlight = 256;
const rounds = 5;

const notes = [
  `${many} events of ${aggregates} aggregates, from the first publish until the last one has arrived, one process, nats-server on`,
  "the same machine. By hand: the whole event as JSON, published with its id against duplicates, as many in flight; read by an",
  "ordered consumer. Ours in addition: CloudEvents headers, order per aggregate, a lane each, the place kept in SQLite.",
];

/** What the bus between processes costs against the client library alone. */
export async function broker(): Promise<Figure[]> {
  using folder = openFolder();
  await using running = new AsyncDisposableStack();
  const { url } = running.use(await startNats({ storage: `${folder.path}/nats` }));
  const log = (message: string, details: object) => console.error(message, details);
  const connection = running.use(await connectToNats({ urls: url, name: "bench", log }));
  const { database, stores } = openStores(folder.path, "consumer");
  running.defer(() => database.close());
  const bus = running.use(await createEventBus({ connection, records: stores.records, log }));
  const nats = await connect({ servers: url });
  running.defer(() => nats.close());

  async function ours(): Promise<number> {
    const events = eventsOf(Bun.randomUUIDv7());
    const arrived = arrivals();
    const kind = events[0]?.kind ?? "";
    await using _ = bus.subscribe({ consumer: "bench", kind, react: async () => arrived.count() });
    const start = performance.now();
    for (let at = 0; at < many; at += batch) await bus.publish(events.slice(at, at + batch));
    await arrived.all;
    return (many * 1000) / (performance.now() - start);
  }

  async function byHand(): Promise<number> {
    const events = eventsOf(Bun.randomUUIDv7());
    const kind = events[0]?.kind ?? "";
    const manager = await jetstreamManager(nats);
    await manager.streams.add({ name: kind, subjects: [`${kind}.>`] });
    const js = jetstream(nats);
    const arrived = arrivals();
    const reader = await js.consumers.get(kind, { opt_start_seq: 1 });
    const messages = await reader.consume({ max_messages: 500 });
    const reading = (async () => {
      for await (const message of messages) {
        message.json();
        arrived.count();
      }
    })();
    const start = performance.now();
    const rest = events.values();
    const lane = async () => {
      for (const { id, ...event } of rest) {
        await js.publish(`${kind}.${event.aggregate}`, JSON.stringify({ id, ...event }), { msgID: id });
      }
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
    await arrived.all;
    const rate = (many * 1000) / (performance.now() - start);
    await messages.close();
    await reading;
    return rate;
  }

  await inTurns(1, { ours, byHand });
  const samples = await inTurns(rounds, { ours, byHand });
  return [
    { what: "Events over NATS JetStream", value: median(samples, (all) => all.ours), unit: "/s" },
    {
      what: "Events over NATS JetStream against the client library by hand",
      value: median(samples, (all) => all.ours / all.byHand),
      unit: "×",
      goal: { atLeast: 0.5 },
      notes,
    },
  ];
}

function arrivals() {
  const { promise: all, resolve } = Promise.withResolvers<void>();
  let counted = 0;
  const count = () => {
    if (++counted === many) resolve();
  };
  return { all, count };
}

/** Events of a kind of their own: each round has a stream of its own. */
function eventsOf(kind: string): readonly Envelope[] {
  const cause = { actor: "bench" as UserId, correlation: Bun.randomUUIDv7(), key: `order/${Bun.randomUUIDv7()}/1` };
  const ids = Array.from({ length: aggregates }, () => Bun.randomUUIDv7());
  return Array.from({ length: many }, (_, place) => {
    const aggregate = ids[place % aggregates] ?? "";
    const revision = Math.floor(place / aggregates) + 1;
    const event = { type: "EntryPosted", entry: aggregate, legs: Array.from({ length: 2 }, () => leg(aggregate)) };
    const at = "2026-11-23T00:00:00.000Z" as Instant;
    return { id: `${kind}/${aggregate}/${revision}`, kind, aggregate, revision, schema: 1, at, cause, event };
  });
}

const leg = (user: string) => ({ account: `wallet:${user}`, asset: "eip155:31337/slip44:60", delta: "1000000000000" });
