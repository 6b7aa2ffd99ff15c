import type { Database } from "bun:sqlite";
import { setImmediate, setTimeout } from "node:timers/promises";
import { createSignal, type Signal } from "../../ports/adapting.ts";
import type { EventBus, Subscription } from "../../ports/messaging.ts";
import type { Envelope, Log } from "../../ports/mod.ts";
import { groupCommit } from "./_group_commit.ts";

type Row = { place: number; id: string; envelope: string };

const pauseAfterFault = 1_000;
const batch = 200;
/** How many events a subscription has in hand: an aggregate whose reaction waits must not stop the others. */
const window = 10_000;

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
    "SELECT place, id, envelope FROM log WHERE kind = ? AND place > ? ORDER BY place LIMIT ?",
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

  async function deliver({ consumer, kind, react }: Subscription, signal: AbortSignal): Promise<void> {
    const lanes = new Map<string, Promise<void>>();
    const inHand = new Set<number>();
    const handled = createSignal();
    const grown = grownOf(kind);
    let read = reached.get(consumer, kind)?.place ?? 0;
    let saved = read;
    const again = (error: unknown, correlation?: string) => {
      if (!signal.aborted) log(`Cannot deliver ${kind}`, { consumer, error, ...(correlation && { correlation }) });
      return setTimeout(pauseAfterFault, undefined, { signal }).catch(() => {});
    };

    async function handle({ place, envelope }: Row): Promise<void> {
      const event: Envelope = JSON.parse(envelope);
      while (!signal.aborted) {
        try {
          await react(event, signal);
          inHand.delete(place);
          return handled.raise();
        } catch (error) {
          await again(error, event.cause.correlation);
        }
      }
    }

    /** Everything up to here is handled. Places enter in order: the first that is left is the lowest. */
    const place = () => ([...inHand.values().take(1)][0] ?? read + 1) - 1;

    async function save(): Promise<void> {
      const reachedNow = place();
      if (reachedNow <= saved) return;
      await write(() => advance.run(consumer, kind, reachedNow));
      saved = reachedNow;
    }

    async function keepPlace(): Promise<void> {
      for (let seen = handled.count(); !signal.aborted; seen = handled.count()) {
        await save().catch((error) => again(error));
        await handled.past(seen, signal).catch(() => {});
      }
    }

    async function readOn(): Promise<void> {
      const [seenGrown, seenHandled] = [grown.count(), handled.count()];
      if (inHand.size >= window) return handled.past(seenHandled, signal);
      const rows = following.all(kind, read, batch);
      for (const row of rows) {
        const aggregate = row.id.slice(0, row.id.lastIndexOf("/"));
        inHand.add(row.place);
        const lane = (lanes.get(aggregate) ?? Promise.resolve()).then(() => handle(row));
        lanes.set(aggregate, lane);
        lane.then(() => lanes.get(aggregate) === lane && lanes.delete(aggregate));
        read = row.place;
      }
      if (rows.length < batch) return grown.past(seenGrown, signal);
      // Synchronous SQLite calls never let go of the thread by themselves.
      await setImmediate();
    }

    const keeping = keepPlace();
    while (!signal.aborted) await readOn().catch((error) => (signal.aborted ? undefined : again(error)));
    await Promise.all([keeping, ...lanes.values()]);
    // What is not saved comes again: reactions have keys.
    await save().catch(() => {});
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
