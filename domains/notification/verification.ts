/**
 * Whether a journal is what it was: its chains, the roots that were signed over it, and its entries against their leaves.
 *
 * @module
 */
import {
  allOf,
  type Envelope,
  type FiledEntry,
  type Journal,
  type Leaf,
  type SignedRoot,
  type WitnessStore,
} from "../../ports/mod.ts";
import type { Hash } from "./merkle.ts";
import { faultOfRoot, type RootFault, type VerifySignature } from "./witnessing.ts";

/** What a service knows itself of its roots: its public key as lower-case hex, and how many it has signed. */
export type Signing = { readonly key: string; readonly roots: number };

/** A service's journal, and where its roots are kept. It has no signing before its first root. */
export type WitnessedJournal = {
  readonly service: string;
  readonly journal: Journal;
  readonly witness: WitnessStore;
  readonly signing: () => Promise<Signing | undefined>;
};

export type EntryFault =
  | "entry-changed"
  | "entry-dropped"
  | "entry-reordered"
  | "entry-inserted"
  | "entry-misfiled"
  | "tail-cut"
  | "aggregate-vanished";

/** What was found first: of an entry by its event's id, of a root by its number. */
export type Offence =
  | { readonly fault: EntryFault; readonly event: string }
  | { readonly fault: RootFault; readonly root: number };

export type Verification = {
  readonly service: string;
  /** How many entries were looked at: all, or those up to the offence. */
  readonly entries: number;
  readonly roots: number;
  /** Entries newer than the last root: only their chains could be checked. */
  readonly unwitnessed: number;
  readonly offence?: Offence;
};

export type Verifying = {
  readonly hash: Hash;
  readonly verify: VerifySignature;
  /** Lets others have the thread. */
  readonly giveWay: () => Promise<void>;
};

const entriesAtOnce = 200;

/** Reads a journal and its roots from the first on, side by side, and stops at the first offence. */
export async function verifyJournal(witnessed: WitnessedJournal, verifying: Verifying): Promise<Verification> {
  const { service, journal } = witnessed;
  const counts = { entries: 0, roots: 0, unwitnessed: 0 };
  const leaves = leavesOf(witnessed, verifying, () => counts.roots++);
  try {
    let after: string | undefined;
    do {
      const page = await journal.inspect({ limit: entriesAtOnce, ...(after !== undefined && { after }) });
      for (const entry of page.items) {
        const { value: leaf } = await leaves.next();
        if (!leaf) counts.unwitnessed++;
        else await compare(witnessed, entry, leaf, leaves);
        await checkChain(witnessed, verifying.hash, entry);
        counts.entries++;
      }
      after = page.next;
      await verifying.giveWay();
    } while (after !== undefined);
    const { value: leaf } = await leaves.next();
    if (leaf) throw new Offended(await missing(journal, leaf.event));
    return { service, ...counts };
  } catch (error) {
    if (error instanceof Offended) return { service, ...counts, offence: error.offence };
    throw error;
  }
}

/** Ends the reading at the first offence. */
class Offended extends Error {
  readonly offence: Offence;

  constructor(offence: Offence) {
    super(offence.fault);
    this.offence = offence;
  }
}

/** The leaves of all roots that there are when it begins, a root in memory at a time; those of a faulty one are never given. */
async function* leavesOf(
  { service, witness, signing }: WitnessedJournal,
  { hash, verify, giveWay }: Verifying,
  count: () => void,
): AsyncGenerator<Leaf, undefined> {
  const signer = await signing();
  // What is journalled and witnessed meanwhile would look like a cut tail to the reader of the journal.
  const last = await witness.latest(service);
  const kept = last?.number ?? 0;
  if (signer && kept < signer.roots) throw new Offended({ fault: "root-missing", root: kept + 1 });
  let before: SignedRoot | undefined;
  let after: string | undefined;
  while ((before?.number ?? 0) < kept) {
    const page = await witness.read(service, { limit: 1, ...(after !== undefined && { after }) });
    for (const { root, leaves } of page.items) {
      const fault = faultOfRoot(hash, verify, { service, key: signer?.key, before }, root, leaves);
      if (fault)
        throw new Offended({ fault, root: fault === "root-missing" ? (before?.number ?? 0) + 1 : root.number });
      count();
      yield* leaves;
      before = root;
      if (root.number === kept) return;
    }
    if (page.next === undefined) throw new Offended({ fault: "root-missing", root: (before?.number ?? 0) + 1 });
    after = page.next;
    await giveWay();
  }
}

/** The entry must be what was witnessed at its place. */
async function compare(
  { journal }: WitnessedJournal,
  { id, hash }: FiledEntry,
  leaf: Leaf,
  later: AsyncGenerator<Leaf, undefined>,
): Promise<void> {
  if (leaf.event === id && leaf.hash === hash) return;
  if (leaf.event === id) throw new Offended({ fault: "entry-changed", event: id });
  const offence = await missing(journal, leaf.event);
  if (offence.fault !== "entry-reordered") throw new Offended(offence);
  // Both are journalled: either they changed places, or one was put in that nobody witnessed.
  for await (const { event } of later) if (event === id) throw new Offended(offence);
  throw new Offended({ fault: "entry-inserted", event: id });
}

/** The entry must follow the one before it of its aggregate, and lie where its own bytes say. */
async function checkChain({ journal }: WitnessedJournal, hash: Hash, entry: FiledEntry): Promise<void> {
  const { id, kind, aggregate, revision, previous, stored } = entry;
  if (revision > 1 && previous === undefined) {
    const before = `${kind}/${aggregate}/${revision - 1}`;
    const offence = await missing(journal, before);
    throw new Offended(offence.fault === "entry-reordered" ? { ...offence, event: id } : offence);
  }
  if (hash(previous ?? "", stored).toHex() !== entry.hash) throw new Offended({ fault: "entry-changed", event: id });
  if (!filedRight(entry)) throw new Offended({ fault: "entry-misfiled", event: id });
}

function filedRight({ id, kind, aggregate, revision, actor, at, key, stored }: FiledEntry): boolean {
  try {
    const envelope: Envelope = JSON.parse(stored);
    const { cause } = envelope;
    const same = envelope.id === id && envelope.kind === kind && envelope.aggregate === aggregate;
    return same && envelope.revision === revision && envelope.at === at && cause.actor === actor && cause.key === key;
  } catch {
    // Whatever it is, it is no envelope.
    return false;
  }
}

/** What became of an event that is not at its place: gone in one of three ways, or somewhere else. */
async function missing(journal: Journal, event: string): Promise<Offence & { readonly fault: EntryFault }> {
  const [kind = "", ...rest] = event.split("/");
  const revision = Number(rest.pop());
  const of = { kind, aggregate: rest.join("/") };
  let last = 0;
  for await (const entry of allOf((place) => journal.inspect({ of, limit: entriesAtOnce, ...place }))) {
    if (entry.id === event) return { fault: "entry-reordered", event };
    if (entry.revision > last) last = entry.revision;
  }
  if (last === 0) return { fault: "aggregate-vanished", event };
  return { fault: last < revision ? "tail-cut" : "entry-dropped", event };
}
