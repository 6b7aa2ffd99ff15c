import type { Cause } from "./envelope.ts";
import type { Index, Page, Query } from "./query.ts";

/** What a store must know of one kind of aggregate; its domain declares it. State and events are plain JSON. */
export type AggregateKind<State, Event> = {
  /** Names the collection and the events' subject: `play`. */
  readonly name: string;
  readonly initial: State;
  readonly evolve: (state: State, event: Event) => State;
  /** Oldest first: the n-th lifts form n to form n + 1. A kind without any is in form 1. */
  readonly upcasters: readonly Upcaster[];
  readonly indexes: readonly Index[];
};

/** Lifts what was stored in one form to the next. Lifting a state equals replaying its lifted events. */
export type Upcaster = {
  readonly state: (old: never) => unknown;
  readonly event: (old: never) => unknown;
};

/** The newest form of a kind: counts up with each upcaster. */
export function schemaOf({ upcasters }: { readonly upcasters: readonly Upcaster[] }): number {
  return upcasters.length + 1;
}

/** Lifts a stored state or event to the kind's newest form. A form newer than that is left as it is. */
export function lift(
  { upcasters }: { readonly upcasters: readonly Upcaster[] },
  what: "state" | "event",
  schema: number,
  stored: unknown,
): unknown {
  return upcasters.slice(schema - 1).reduce((lifted, upcaster) => upcaster[what](lifted as never), stored);
}

/** An aggregate as it stands. Its revision counts the events that made it. */
export type Loaded<State> = { readonly id: string; readonly revision: number; readonly state: State };

/** What a decision made of one aggregate. */
export type Change = {
  readonly kind: string;
  readonly schema: number;
  readonly id: string;
  /** The revision that the decision was made on. */
  readonly revision: number;
  readonly state: unknown;
  readonly events: readonly { readonly type: string }[];
  readonly cause: Cause;
};

/** Where a domain keeps its aggregates of one kind. Unreachable is never absent: that is `StoreUnreachable`. */
export interface AggregateStore<State, Event> {
  readonly kind: AggregateKind<State, Event>;
  /** An id that was never written has the kind's initial state at revision 0. */
  load(id: string): Promise<Loaded<State>>;
  /** Whether the aggregate has recorded something under this key. Ask after load(). */
  recorded(id: string, key: string): Promise<boolean>;
  /**
   * Writes states and events in one atomic, durable step, the others' too: of any kind of the same service. "conflict", and
   * nothing is written, if someone wrote one of them since its `revision`. An event above 256 kB is a `RangeError`.
   */
  commit(change: Change, ...others: readonly Change[]): Promise<"committed" | "conflict">;
  /** A page. A query that no index serves is a mistake: it throws. */
  find(query: Query): Promise<Page<Loaded<State>>>;
}
