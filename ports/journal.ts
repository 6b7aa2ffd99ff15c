import type { Envelope } from "./envelope.ts";
import type { Page } from "./query.ts";

/** An event as the journal keeps it: `hash` is SHA-256 over the hash of the aggregate's entry before, and `stored`. */
export type Entry = {
  readonly envelope: Envelope;
  /** The bytes that were hashed, as text. */
  readonly stored: string;
  /** Lower-case hex. */
  readonly hash: string;
  /** Its place: a query's `after` begins behind it, `startingAt` with it. */
  readonly cursor: string;
};

/** An entry as it lies in the store, unread: for those who check the journal. */
export type FiledEntry = {
  /** `<kind>/<aggregate>/<revision>`, by what it is filed under. */
  readonly id: string;
  readonly kind: string;
  readonly aggregate: string;
  readonly revision: number;
  readonly actor: string;
  readonly at: string;
  readonly key?: string;
  readonly stored: string;
  readonly hash: string;
  /** The hash of the aggregate's entry before; undefined where none lies before this one. */
  readonly previous?: string;
  readonly cursor: string;
};

export type JournalQuery = {
  readonly kind?: string;
  readonly aggregate?: string;
  /** Who caused it. */
  readonly actor?: string;
  readonly from?: string;
  readonly before?: string;
  readonly order?: "ascending" | "descending";
  /** An entry's cursor: the page begins behind it. What no page gave out is a `BadCursor`. */
  readonly after?: string;
  /** An entry's cursor: the page begins with it. */
  readonly startingAt?: string;
  readonly limit: number;
};

/**
 * Every event of a service: the audit trail. Those of one aggregate come in the order of commits, all of them in an order that
 * stays: nothing is put before what was read.
 */
export interface Journal {
  read(query: JournalQuery): Promise<Page<Entry>>;
  /** All entries, or one aggregate's, as they lie there: those of one aggregate come in the order of commits too. */
  inspect(query: {
    readonly of?: { readonly kind: string; readonly aggregate: string };
    readonly after?: string;
    readonly limit: number;
  }): Promise<Page<FiledEntry>>;
}
