import type { AggregateKind, AggregateStore } from "./aggregate_store.ts";
import type { Journal } from "./journal.ts";
import type { Outbox } from "./messaging.ts";
import type { RecordKind, RecordStore } from "./record_store.ts";

/** The stores of one service: for each kind of aggregate or record, and one journal for all events. */
export type Stores = {
  open<State, Event>(kind: AggregateKind<State, Event>): AggregateStore<State, Event>;
  records<Value>(kind: RecordKind<Value>): RecordStore<Value>;
  /** What is committed and not yet with the bus: by this process, and what it took over. */
  readonly outbox: Outbox;
  readonly journal: Journal;
};
