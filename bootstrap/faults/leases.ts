/**
 * How long what one process of several does stands still, by its leases: whoever does it renews its lease.
 *
 * @module
 */

import type { ServiceName } from "../service_names.ts";
import type { Records } from "./records.ts";

export type Stall = { readonly lease: string; readonly milliseconds: number };

const betweenLooks = 250;
/** Longer than a lease that is held goes without being renewed, on a machine that is busy. */
const patience = 12_000;

/** Readings are called `consumer/kind`; of what repeats, that which orders and transfers wait for. */
const awaited = (name: string) =>
  name.includes("/") || ["follow chains", "carry transfers on", "wake tasks"].includes(name);

/** The leases of some services, from a moment on. */
export async function watchLeases({ books }: Records, services: readonly ServiceName[]) {
  const watched = books.filter(({ service }) => services.includes(service));

  async function look(): Promise<ReadonlyMap<string, number>> {
    const found = watched.map(async ({ service, db }) => {
      const leases = await db.collection<{ _id: string; revision: number }>("record_lease").find({}).toArray();
      const each = leases.filter(({ _id }) => awaited(_id));
      return each.map(({ _id, revision }) => [`${service}: ${_id}`, revision] as const);
    });
    return new Map((await Promise.all(found)).flat());
  }

  let before = await look();
  return {
    /** How long each one was not renewed, at most, in so many milliseconds from now on: longer while one stands still. */
    async stalls(milliseconds: number): Promise<readonly Stall[]> {
      const start = performance.now();
      const renewed = new Map([...before.keys()].map((lease) => [lease, start]));
      const longest = new Map([...before.keys()].map((lease) => [lease, 0]));
      for (;;) {
        await Bun.sleep(betweenLooks);
        const found = await look();
        const now = performance.now();
        for (const [lease, since] of renewed) {
          longest.set(lease, Math.max(longest.get(lease) ?? 0, now - since));
          if (found.get(lease) !== before.get(lease)) renewed.set(lease, now);
        }
        before = found;
        const passed = now - start;
        const still = [...renewed.values()].some((since) => since === start);
        if (passed >= (still ? Math.max(milliseconds, patience) : milliseconds)) break;
      }
      return [...longest].map(([lease, milliseconds]) => ({ lease, milliseconds }));
    },
  };
}
