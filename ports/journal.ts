import type { Envelope } from "./envelope.ts";
import type { Page } from "./query.ts";

/** An event as the journal keeps it: `hash` is SHA-256 over the hash of the aggregate's entry before, and `stored`. */
export type Entry = {
  readonly envelope: Envelope;
  /** The bytes that were hashed, as text. */
  readonly stored: string;
  /** Lower-case hex. */
  readonly hash: string;
};

export type JournalQuery = {
  readonly kind?: string;
  readonly aggregate?: string;
  /** Who caused it. */
  readonly actor?: string;
  readonly from?: string;
  readonly before?: string;
  readonly order?: "ascending" | "descending";
  readonly after?: string;
  readonly limit: number;
};

/** Every event of a service, in the order of commits: the audit trail. */
export interface Journal {
  read(query: JournalQuery): Promise<Page<Entry>>;
}
