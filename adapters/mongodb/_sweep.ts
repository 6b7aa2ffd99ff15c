import { setTimeout } from "node:timers/promises";
import { later } from "../../domains/shared/mod.ts";
import { createLease, type leaseKind } from "../../ports/adapting.ts";
import type { Clock, Log, RecordKind, RecordStore } from "../../ports/mod.ts";
import { type Aggregates, nameOf } from "./_aggregates.ts";
import type { Backlog } from "./_backlog.ts";
import type { Database } from "./database.ts";

type Holding = typeof leaseKind extends RecordKind<infer Value> ? Value : never;

type Dependencies = {
  readonly database: Database;
  readonly aggregates: Aggregates;
  readonly backlog: Backlog;
  readonly leases: RecordStore<Holding>;
  readonly clock: Clock;
  readonly log: Log;
};

export type SweepTimes = {
  /** Seconds that events are left to the process that committed them. */
  readonly grace?: number;
  /** Milliseconds after which another replica sweeps for one that is gone. */
  readonly lease?: number;
};

/** Aggregates of one kind that are looked after at once. */
const most = 100;
/** Milliseconds after which outboxes are looked through though no change was told. */
const unasked = 30_000;

/**
 * Carries on what dead processes have left in their outboxes, until disposed. One replica does, by a lease; it looks while
 * a change stream tells of commits and shortly after.
 */
export function startSweep(dependencies: Dependencies, { grace = 3, lease: milliseconds = 4_500 }: SweepTimes) {
  const { database, aggregates, backlog, leases, clock, log } = dependencies;
  const { reach } = database;
  const now = () => performance.now();
  const tick = milliseconds / 3;
  const lease = createLease({ leases, name: "sweep", holder: Bun.randomUUIDv7(), milliseconds, now });
  const stop = new AbortController();
  const { signal } = stop;
  let commits: AsyncDisposable | undefined;
  let [changed, swept] = [0, 0];

  function watch(): AsyncDisposable {
    const ours = { "ns.coll": { $regex: "^aggregate_" } };
    const committed = [{ operationType: "insert" }, { "updateDescription.updatedFields.revision": { $exists: true } }];
    const stream = database.db.watch([{ $match: { ...ours, $or: committed } }, { $project: { _id: 1 } }]);
    const watching = { [Symbol.asyncDispose]: () => stream.close() };
    stream.on("change", () => {
      changed = now();
    });
    stream.on("error", (error) => {
      if (commits !== watching) return;
      log("Cannot watch commits", { error });
      commits = undefined;
    });
    // What was committed before it watches is looked for once.
    changed = now();
    return watching;
  }

  async function unwatch(): Promise<void> {
    const watching = commits;
    commits = undefined;
    await watching?.[Symbol.asyncDispose]();
  }

  async function sweep(): Promise<void> {
    const [before, names] = [later(clock(), -grace), backlog.names()];
    const options = { projection: { _id: 1 }, sort: { "outbox.0.at": 1 }, limit: most } as const;
    for (const kind of aggregates.kinds()) {
      const collection = await aggregates.of(kind)();
      const left = await reach(() => collection.find({ "outbox.0.at": { $lt: before } }, options).toArray());
      const others = left.filter(({ _id }) => !names.has(nameOf(kind, _id)));
      for (const { _id } of others) backlog.reload(kind, _id);
      // More may lie behind these, or behind what is on its way.
      if (left.length > 0) changed = now();
      if (others.length > 0) log("Carrying on what another process has left", { kind, aggregates: others.length });
    }
    swept = now();
  }

  async function round(): Promise<void> {
    if (!(await lease.hold())) return await unwatch();
    commits ??= watch();
    const recently = now() - changed < grace * 1000 + 2 * tick;
    if (recently || now() - swept > unasked) await sweep();
  }

  const sweeping = (async () => {
    while (!signal.aborted) {
      await round().catch((error) => log("Cannot look for events that were left behind", { error }));
      await setTimeout(tick, undefined, { signal }).catch(() => {});
    }
    // What can't be closed or released now ends with the connection, or by itself.
    await Promise.allSettled([unwatch(), lease.release()]);
  })();

  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await sweeping;
    },
  };
}
