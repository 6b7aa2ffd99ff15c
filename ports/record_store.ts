import type { Index, Page, Query } from "./query.ts";

declare const typed: unique symbol;

/** What a store must know of one kind of record. Records have no events: secrets, nonces, notices, things of the moment. */
export type RecordKind<Value> = {
  readonly name: string;
  readonly indexes: readonly Index[];
  readonly [typed]?: Value;
};

/** A record as it stands; its revision counts the writes. */
export type Stored<Value> = { readonly id: string; readonly revision: number; readonly value: Value };

/** Where a domain keeps what is not told to others and never rebuilt. Values are plain JSON. */
export interface RecordStore<Value> {
  /** Undefined where there is none. Unreachable is `StoreUnreachable`, never undefined. */
  get(id: string): Promise<Stored<Value> | undefined>;
  /** Writes durably over `revision` (0: there is none yet). "conflict", and nothing is written, if it is another one by now. */
  put(id: string, value: Value, revision: number): Promise<"written" | "conflict">;
  /** Removes it if it is at this revision: of two who try, one gets "written". */
  remove(id: string, revision: number): Promise<"written" | "conflict">;
  /** A page. A query that no index serves is a mistake: it throws. */
  find(query: Query): Promise<Page<Stored<Value>>>;
}
