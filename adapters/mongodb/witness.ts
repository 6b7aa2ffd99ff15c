import { readPlaces, writeCursor } from "../../ports/adapting.ts";
import type { Leaf, SignedRoot, WitnessStore } from "../../ports/mod.ts";
import { prepare } from "./_collection.ts";
import { isDuplicate } from "./_faults.ts";
import type { Database } from "./database.ts";

type WitnessDocument = {
  readonly _id: string;
  readonly service: string;
  readonly number: number;
  /** Who asked for it: others may append the same. */
  readonly append: string;
  readonly root: SignedRoot;
  readonly leaves: readonly Leaf[];
};

/** Keeps roots and leaves in a database that should not be the witnessed service's own. */
export function createWitnessStore(database: Database): WitnessStore {
  const { reach, patiently, deadline } = database;
  const witness = prepare<WitnessDocument>(database, "witness", [{ key: { service: 1, number: 1 } }]);
  const idOf = (service: string, number: number) => `${service}/${number}`;

  async function has(service: string, number: number): Promise<boolean> {
    const roots = await witness();
    return (await reach(() => roots.findOne({ _id: idOf(service, number) }, { projection: { _id: 1 } }))) !== null;
  }

  return {
    async latest(service) {
      const roots = await witness();
      const options = { sort: { number: -1 }, projection: { root: 1 } } as const;
      const found = await reach(() => roots.findOne({ service: { $eq: service } }, options));
      return found?.root;
    },
    append(root, leaves) {
      const { service, number } = root;
      const document = { _id: idOf(service, number), service, number, append: Bun.randomUUIDv7(), root, leaves };
      return patiently(async () => {
        // Roots are never removed: the one before tells that this number comes next, its own id that it comes once.
        if (number !== 1 && !(await has(service, number - 1))) return "conflict";
        const roots = await witness();
        try {
          await reach(() => roots.insertOne(document));
          return "kept";
        } catch (error) {
          if (!isDuplicate(error)) throw error;
          const options = {
            projection: { append: 1 },
            readConcern: { level: "linearizable" },
            maxTimeMS: deadline,
          } as const;
          const found = await reach(() => roots.findOne({ _id: document._id }, options));
          return found?.append === document.append ? "kept" : "conflict";
        }
      });
    },
    async read(service, { after, limit }) {
      const roots = await witness();
      const behind = after === undefined ? 0 : (readPlaces(after, 1)[0] ?? 0);
      const filter = { service: { $eq: service }, number: { $gt: behind } };
      const options = { sort: { number: 1 }, limit: limit + 1 } as const;
      const documents = await reach(() => roots.find(filter, options).toArray());
      const items = documents.slice(0, limit).map(({ root, leaves }) => ({ root, leaves }));
      const last = documents[limit - 1];
      return { items, ...(documents.length > limit && last && { next: writeCursor([`${last.number}`]) }) };
    },
  };
}
