/**
 * What a service signs about its journal, and whether a root says what it should. Pure: hashing and signing are handed in.
 *
 * @module
 */
import type { FiledEntry, Leaf, SignedRoot } from "../../ports/mod.ts";
import type { Instant } from "../shared/mod.ts";
import { type Hash, merkleRoot } from "./merkle.ts";

type UnsignedRoot = Omit<SignedRoot, "signature">;

/** Whether the signature over the text is the public key's (Ed25519; key and signature in lower-case hex). */
export type VerifySignature = (key: string, text: string, signature: string) => boolean;

export type RootFault = "root-missing" | "root-changed" | "root-unsigned";

type Witnessing = {
  readonly service: string;
  /** The public key of the service, as lower-case hex. */
  readonly key: string;
  readonly at: Instant;
  readonly latest: SignedRoot | undefined;
  /** What the journal has behind the latest root, in its order; at least one. */
  readonly entries: readonly FiledEntry[];
};

/** The root that comes next, to be signed as `signedText` has it, and its leaves. */
export function nextRoot(hash: Hash, { service, key, at, latest, entries }: Witnessing) {
  const leaves = entries.map(({ id, hash }): Leaf => ({ event: id, hash }));
  const previous = latest?.root ?? "";
  const root: UnsignedRoot = {
    service,
    number: (latest?.number ?? 0) + 1,
    at,
    size: leaves.length,
    previous,
    root: rootOver(hash, previous, leaves),
    cursor: entries.at(-1)?.cursor ?? latest?.cursor ?? "",
    key,
  };
  return { root, leaves };
}

/** The text that a root's signature is over: each field on a line of its own. */
export function signedText({ service, number, at, size, previous, root, cursor, key }: UnsignedRoot): string {
  return ["lucent journal root 1", service, number, at, size, previous, root, cursor, key].join("\n");
}

type Expected = {
  readonly service: string;
  /** The service's public key as its vault has it; undefined where it has none. */
  readonly key: string | undefined;
  readonly before: SignedRoot | undefined;
};

/** What is wrong with a root that should follow `before`, if anything is. */
export function faultOfRoot(
  hash: Hash,
  verify: VerifySignature,
  { service, key, before }: Expected,
  root: SignedRoot,
  leaves: readonly Leaf[],
): RootFault | undefined {
  if (root.number !== (before?.number ?? 0) + 1 || root.previous !== (before?.root ?? "")) return "root-missing";
  if (root.service !== service || root.size !== leaves.length) return "root-changed";
  if (root.root !== rootOver(hash, root.previous, leaves)) return "root-changed";
  const signed = key !== undefined && root.key === key && verify(key, signedText(root), root.signature);
  return signed ? undefined : "root-unsigned";
}

/** The root before is the first leaf: the last root stands for the whole journal. */
function rootOver(hash: Hash, previous: string, leaves: readonly Leaf[]): string {
  return merkleRoot(hash, [previous, ...leaves.map(({ event, hash }) => `${event}\n${hash}`)]);
}
