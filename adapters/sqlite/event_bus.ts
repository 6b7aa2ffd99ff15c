import type { Database } from "bun:sqlite";
import { setImmediate } from "node:timers/promises";
import { createSignal, type Signal, startDelivery } from "../../ports/adapting.ts";
import type { EventBus, Subscription } from "../../ports/messaging.ts";
import type { Envelope, Log } from "../../ports/mod.ts";
import { groupCommit } from "./_group_commit.ts";

type Row = { place: number; envelope: string };

const batch = 200;

/** A bus in a database file: a log of events, and how far each consumer has come with each kind. */
export function createEventBus(database: Database, log: Log): EventBus {
  database.run(`CREATE TABLE IF NOT EXISTS log (
    place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, envelope TEXT NOT NULL
  )`);
  database.run("CREATE INDEX IF NOT EXISTS log_kind ON log (kind, place)");
  database.run(`CREATE TABLE IF NOT EXISTS progress (
    consumer TEXT NOT NULL, kind TEXT NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (consumer, kind)
  ) WITHOUT ROWID`);
  const append = database.query("INSERT INTO log (id, kind, envelope) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING");
  const reached = database.query<{ place: number }, [string, string]>(
    "SELECT place FROM progress WHERE consumer = ? AND kind = ?",
  );
  const following = database.query<Row, [string, number, number]>(
    "SELECT place, envelope FROM log WHERE kind = ? AND place > ? ORDER BY place LIMIT ?",
  );
  const advance = database.query(
    "INSERT INTO progress VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET place = excluded.place",
  );
  const write = groupCommit(database);
  const signals = new Map<string, Signal>();
  const subscribed = new Set<string>();

  /** Wakes the kind's subscriptions, and no other. */
  function grownOf(kind: string): Signal {
    const signal = signals.get(kind) ?? createSignal();
    signals.set(kind, signal);
    return signal;
  }

  async function deliver(subscription: Subscription, signal: AbortSignal): Promise<void> {
    const { consumer, kind } = subscription;
    const grown = grownOf(kind);
    const delivery = startDelivery({
      ...{ subscription, signal, log, betweenSaves: 0 },
      from: reached.get(consumer, kind)?.place ?? 0,
      save: (place) => write(() => advance.run(consumer, kind, place)),
    });

    async function readOn(): Promise<void> {
      await delivery.roomFor(1);
      const seen = grown.count();
      const rows = following.all(kind, delivery.read(), batch);
      const events = rows.map(({ place, envelope }) => [JSON.parse(envelope) as Envelope, place] as const);
      for (const [event, place] of events) delivery.take(event, place);
      if (rows.length < batch) return grown.past(seen, signal);
      // Synchronous SQLite calls never let go of the thread by themselves.
      await setImmediate();
    }

    while (!signal.aborted) await readOn().catch(delivery.again);
    await delivery.ended;
  }

  return {
    async publish(events) {
      await write(() => {
        for (const event of events) append.run(event.id, event.kind, JSON.stringify(event));
      });
      for (const kind of new Set(events.map((event) => event.kind))) grownOf(kind).raise();
    },
    subscribe(subscription) {
      const name = `${subscription.consumer} to ${subscription.kind}`;
      if (subscribed.has(name)) throw new Error(`Cannot subscribe ${name}: it is subscribed`);
      subscribed.add(name);
      const stop = new AbortController();
      const delivering = deliver(subscription, stop.signal);
      return {
        async [Symbol.asyncDispose]() {
          stop.abort();
          await delivering;
          subscribed.delete(name);
        },
      };
    },
  };
}
