import type { RecordKind, RecordStore } from "./record_store.ts";

/** Who does what only one replica should do; each renewal counts the record's revision up. */
type Holding = { readonly holder: string };

const nobody = "";

/** Leases lie in the store of the service whose replicas share them. */
export const leaseKind: RecordKind<Holding> = { name: "lease", indexes: [] };

export type Lease = {
  /** Whether it is held from here on, for the lease's time at most: takes it where it is free, renews it where it is ours. */
  hold(): Promise<boolean>;
  /** Whether it is still held, by this process's own clock. */
  held(): boolean;
  /** Leaves it to the others at once. */
  release(): Promise<void>;
};

type Options = {
  readonly leases: RecordStore<Holding>;
  readonly name: string;
  /** This replica, and no other one that lives or lived. */
  readonly holder: string;
  /** How long it is held without being renewed. Renew it three times as often. */
  readonly milliseconds: number;
  /** Milliseconds that only grow, from whatever moment on. */
  readonly now: () => number;
};

/**
 * A lease that needs no common clock: who sees it unrenewed for its whole time takes it. A holder that was paused learns from
 * its own clock that it has lost it. For a moment two may hold it: what they do must bear that.
 */
export function createLease({ leases, name, holder, milliseconds, now }: Options): Lease {
  let seen = { revision: 0, since: 0 };
  let until = Number.NEGATIVE_INFINITY;

  async function take(revision: number, since: number): Promise<boolean> {
    const outcome = await leases.put(name, { holder }, revision);
    until = outcome === "written" ? since + milliseconds : Number.NEGATIVE_INFINITY;
    return now() < until;
  }

  return {
    async hold() {
      // Taken before asking: what the question takes is not held longer.
      const asked = now();
      const stored = await leases.get(name);
      if (!stored) return await take(0, asked);
      const { revision, value } = stored;
      if (value.holder === holder || value.holder === nobody) return await take(revision, asked);
      until = Number.NEGATIVE_INFINITY;
      if (seen.revision !== revision) seen = { revision, since: now() };
      return now() - seen.since >= milliseconds ? await take(revision, asked) : false;
    },
    held: () => now() < until,
    async release() {
      until = Number.NEGATIVE_INFINITY;
      const stored = await leases.get(name);
      // It is not removed: revisions that began anew would look like one that was seen long ago.
      if (stored?.value.holder === holder) await leases.put(name, { holder: nobody }, stored.revision);
    },
  };
}
