import type { Instant } from "../domains/shared/mod.ts";
import type { Page } from "./query.ts";

/** One journalled entry, as it was when it was witnessed. `event` is the event's id, `hash` the entry's. */
export type Leaf = { readonly event: string; readonly hash: string };

/** What a service signed about its journal: the entries since the root before, in the order of commits. */
export type SignedRoot = {
  readonly service: string;
  /** Counts from 1 without gap. */
  readonly number: number;
  readonly at: Instant;
  /** How many leaves. */
  readonly size: number;
  /** The root before, as lower-case hex; empty for the first. */
  readonly previous: string;
  /** Merkle tree hash (RFC 6962) over the root before and the leaves, as lower-case hex. */
  readonly root: string;
  /** The journal's cursor of the last entry: the next root begins behind it. */
  readonly cursor: string;
  /** The Ed25519 public key, 32 bytes as lower-case hex. */
  readonly key: string;
  /** Ed25519 (RFC 8032) over all of the above, as lower-case hex. */
  readonly signature: string;
};

/** Keeps another service's roots and leaves: who changes a journal would have to change this as well. */
export interface WitnessStore {
  /** The root with the highest number. */
  latest(service: string): Promise<SignedRoot | undefined>;
  /** Keeps root and leaves in one atomic, durable step. "conflict", and nothing is kept, unless its number comes next. */
  append(root: SignedRoot, leaves: readonly Leaf[]): Promise<"kept" | "conflict">;
  /** Roots by number, each with its leaves. */
  read(
    service: string,
    query: { readonly after?: string; readonly limit: number },
  ): Promise<Page<{ readonly root: SignedRoot; readonly leaves: readonly Leaf[] }>>;
}
