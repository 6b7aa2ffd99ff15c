import { accept, type Instant, type UserId } from "../../domains/shared/mod.ts";
import { type AggregateKind, type Envelope, transact } from "../../ports/mod.ts";
import { createStores, openDatabase } from "../sqlite/mod.ts";
import { connectToNats, createEventBus } from "./mod.ts";

type Counted = { readonly type: "Counted"; readonly event: string };

const tallyKind: AggregateKind<{ readonly count: number }, Counted> = {
  name: "tally",
  initial: { count: 0 },
  evolve: ({ count }) => ({ count: count + 1 }),
  upcasters: [],
  indexes: [],
};

/** A service that counts events, each by its key; its replicas share the file. */
export function openCounting(path: string, replica: string) {
  const database = openDatabase(path);
  const { open, records, journal } = createStores(database, () => new Date().toISOString() as Instant);
  const tallies = open(tallyKind);
  return {
    records,
    async react({ id, aggregate, cause }: Envelope): Promise<void> {
      const caused = { ...cause, actor: replica as UserId, event: id, key: id };
      await transact(tallies, aggregate, caused, () => accept({ type: "Counted", event: id }));
    },
    /** What has taken effect, in the order in which it did, and by which replica. */
    async effects() {
      const all: { readonly key: string; readonly replica: string }[] = [];
      for (let after: string | undefined; ; ) {
        const { items, next } = await journal.read({ limit: 500, ...(after !== undefined && { after }) });
        all.push(...items.map(({ envelope: { cause } }) => ({ key: cause.key ?? "", replica: cause.actor as string })));
        if (next === undefined) return all;
        after = next;
      }
    },
    [Symbol.dispose]: () => database.close(),
  };
}

/** The keys that are not in the order of their aggregate, or there twice. */
export function disorderOf(keys: readonly string[]): readonly string[] {
  const last = new Map<string, number>();
  return keys.filter((key) => {
    const [, aggregate = "", revision] = key.split("/");
    const before = last.get(aggregate) ?? 0;
    last.set(aggregate, Number(revision));
    return Number(revision) !== before + 1;
  });
}

if (import.meta.main) {
  // It pauses itself, between two transactions: SQLite's lock on the file, held meanwhile, would stop the others too.
  process.on("SIGUSR2", () => process.kill(process.pid, "SIGSTOP"));
  const [url = "", root = "", path = "", replica = ""] = Bun.argv.slice(2);
  const log = () => {};
  const connection = await connectToNats({ urls: url, name: replica, log });
  const { records, react } = openCounting(path, replica);
  const bus = await createEventBus({ connection, records, root, log });
  bus.subscribe({
    consumer: "counting",
    kind: "play",
    async react(event) {
      await Bun.sleep(2);
      await react(event);
    },
  });
}
