import type { Index } from "../../ports/mod.ts";
import { type Prepared, prepare } from "./_collection.ts";
import { indexesOf, type Searched } from "./_find.ts";
import type { Database } from "./database.ts";

/** An event in its aggregate's outbox: what the journal will keep of it. */
export type Outgoing = {
  readonly revision: number;
  readonly key?: string;
  readonly actor: string;
  readonly at: string;
  readonly stored: string;
  readonly hash: string;
  /** The commit that wrote it: two commits may write the same bytes. */
  readonly commit: string;
};

/** One aggregate: its state, the hash of its last event, and its events that are not yet with the bus. */
export type AggregateDocument = {
  readonly _id: string;
  readonly revision: number;
  readonly schema: number;
  readonly state: unknown;
  readonly head: string;
  readonly outbox: readonly Outgoing[];
};

/** Finds outboxes with something in them, by the age of the first: the sweep's. Empty outboxes are not in it. */
const unsent = {
  key: { "outbox.0.at": 1 },
  name: "unsent",
  sparse: true,
} as const;

/** The collections of the kinds that a service has opened. */
export type Aggregates = ReturnType<typeof createAggregates>;

export function createAggregates(database: Database) {
  const opened = new Map<string, Prepared<AggregateDocument>>();
  return {
    open(kind: string, indexes: readonly Index[]): Searched {
      const searched = { name: collectionOf(kind), document: "state", indexes };
      opened.set(kind, prepare(database, searched.name, [unsent, ...indexesOf(searched)]));
      return searched;
    },
    of(kind: string): Prepared<AggregateDocument> {
      const collection = opened.get(kind);
      if (!collection) throw new Error(`Cannot use the store of ${kind}: it is not open`);
      return collection;
    },
    kinds: (): readonly string[] => [...opened.keys()],
  };
}

export function collectionOf(kind: string): string {
  return `aggregate_${kind}`;
}

export function nameOf(kind: string, id: string): string {
  return `${kind}/${id}`;
}
