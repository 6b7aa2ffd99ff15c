import { createSignal } from "../../ports/adapting.ts";
import type { Outbox } from "../../ports/messaging.ts";
import { type Envelope, OutboxFull } from "../../ports/mod.ts";
import { type Aggregates, nameOf, type Outgoing } from "./_aggregates.ts";
import type { Filing, Item } from "./_filing.ts";
import type { Database } from "./database.ts";

export type Backlog = ReturnType<typeof createBacklog>;

type Reload = { readonly kind: string; readonly id: string };

type Dependencies = {
  readonly database: Database;
  readonly aggregates: Aggregates;
  readonly filing: Filing;
  /** How many events it may hold. */
  readonly most: number;
};

/** Events carried, and outboxes read, at once. */
const batch = 500;
const reloaded = 20;
const never = new AbortController().signal;

/**
 * What this process carries to the journal and then to the bus: what it committed, in the order of commits, and what it found
 * in outboxes. Of one aggregate the earlier ones come first, whoever committed them. It is filed when the bus or a reader asks.
 */
export function createBacklog({ database, aggregates, filing, most }: Dependencies) {
  const { reach } = database;
  const waiting = new Map<string, Item>();
  const filed = new Map<string, Item>();
  const reloads = new Map<string, Reload>();
  const grown = createSignal();
  let flushing: Promise<void> | undefined;

  /** What lies in outboxes, and is not filed by this process. */
  async function read(wanted: readonly Reload[]): Promise<Map<string, Item[]>> {
    const found = new Map<string, Item[]>();
    for (const [kind, ids] of grouped(wanted)) {
      const collection = await aggregates.of(kind)();
      const documents = await reach(() =>
        collection.find({ _id: { $in: ids } }, { projection: { outbox: 1 } }).toArray(),
      );
      for (const { _id, outbox } of documents) {
        const items = outbox.map((outgoing) => itemOf(kind, _id, outgoing)).filter(({ id }) => !filed.has(id));
        found.set(nameOf(kind, _id), items);
      }
    }
    return found;
  }

  async function flush(): Promise<void> {
    while (waiting.size + reloads.size > 0) {
      const wanted = [...reloads].slice(0, reloaded);
      // What waits for what is in an outbox goes with it: both are taken at the same moment.
      const held = new Set([...reloads.keys()].slice(reloaded));
      const own = [...waiting.values()].filter(({ kind, aggregate }) => !held.has(nameOf(kind, aggregate)));
      const found = await read(wanted.map(([, reload]) => reload));
      const items = merge(own.slice(0, batch), found);
      const taken = await filing.file(items);
      for (const item of items) {
        const [from, to] = taken.has(item.id) ? [filed, waiting] : [waiting, filed];
        from.delete(item.id);
        to.set(item.id, item);
      }
      // One that was asked for again meanwhile is another one.
      for (const [name, reload] of wanted) if (reloads.get(name) === reload) reloads.delete(name);
      if (taken.size > 0)
        throw new Error(`Cannot journal ${[...taken].join(", ")}: the journal has other events there`);
      if (items.length > 0) grown.raise();
    }
  }

  /** One at a time: what is added meanwhile is filed with the next batch. */
  function file(): Promise<void> {
    flushing ??= flush().finally(() => {
      flushing = undefined;
    });
    return flushing;
  }

  /** Resolves when what was committed here by now is in the journal. */
  async function settled(): Promise<void> {
    const last = [...waiting.keys()].at(-1);
    const asked = [...reloads];
    while (waiting.has(last ?? "") || asked.some(([name, reload]) => reloads.get(name) === reload)) {
      await Promise.race([file(), grown.past(grown.count(), never)]);
    }
  }

  const outbox: Outbox = {
    async next(signal) {
      for (;;) {
        signal.throwIfAborted();
        const seen = grown.count();
        // What can't be filed holds up nothing else: the next who ask are told.
        await settled().catch((error) => {
          if (filed.size === 0) throw error;
        });
        if (filed.size > 0) return [...filed.values()].slice(0, batch).map(envelopeOf);
        await grown.past(seen, signal);
      }
    },
    async published(events) {
      const perKind = Map.groupBy(events, ({ kind }) => kind);
      for (const [kind, ofKind] of perKind) {
        const collection = await aggregates.of(kind)();
        const pulls = [...Map.groupBy(ofKind, ({ aggregate }) => aggregate)].map(([_id, its]) => {
          const revisions = its.map(({ revision }) => revision);
          return { updateOne: { filter: { _id }, update: { $pull: { outbox: { revision: { $in: revisions } } } } } };
        });
        // The journal has them: what of this is lost is done again by the sweep.
        await reach(() => collection.bulkWrite(pulls, { ordered: false, writeConcern: { w: 1 } }));
      }
      for (const { id } of events) filed.delete(id);
    },
  };

  return {
    outbox,
    settled,
    /** Throws where it holds so many that it can take no more. */
    admit() {
      if (waiting.size + filed.size >= most) throw new OutboxFull("Cannot commit: too many events wait for the bus");
    },
    /** The aggregates that it has events of. */
    names: () =>
      new Set([...waiting.values(), ...filed.values()].map(({ kind, aggregate }) => nameOf(kind, aggregate))),
    /** Events that were committed here; `revisions` is what lay in the outbox then. */
    add(kind: string, id: string, outgoing: readonly Outgoing[], revisions: readonly number[]) {
      const known = (revision: number) => {
        const event = `${nameOf(kind, id)}/${revision}`;
        return waiting.has(event) || filed.has(event);
      };
      for (const item of outgoing.map((each) => itemOf(kind, id, each))) waiting.set(item.id, item);
      if (!revisions.every(known)) reloads.set(nameOf(kind, id), { kind, id });
      grown.raise();
    },
    /** Whatever lies in the aggregate's outbox, whoever committed it. */
    reload(kind: string, id: string) {
      reloads.set(nameOf(kind, id), { kind, id });
      grown.raise();
    },
  };
}

/** Each aggregate's events in the order of revisions, else in the order of commits. */
function merge(own: readonly Item[], found: ReadonlyMap<string, readonly Item[]>): Item[] {
  const merged = new Map<string, Item>();
  const put = (item: Item) => merged.has(item.id) || merged.set(item.id, item);
  for (const item of own) {
    const earlier = found.get(nameOf(item.kind, item.aggregate)) ?? [];
    for (const each of earlier) if (each.revision < item.revision) put(each);
    put(item);
  }
  for (const items of found.values()) for (const item of items) put(item);
  return [...merged.values()];
}

function itemOf(kind: string, aggregate: string, outgoing: Outgoing): Item {
  return { id: `${nameOf(kind, aggregate)}/${outgoing.revision}`, kind, aggregate, ...outgoing };
}

function envelopeOf({ stored }: Item): Envelope {
  return JSON.parse(stored);
}

function grouped(reloads: readonly Reload[]): [string, string[]][] {
  const perKind = Map.groupBy(reloads, ({ kind }) => kind);
  return [...perKind].map(([kind, its]) => [kind, its.map(({ id }) => id)]);
}
