import type { Collection, Document, IndexDescription } from "mongodb";
import type { Database } from "./database.ts";

/** A collection once it has its indexes. What failed is tried again by the next who ask. */
export type Prepared<Kept extends Document> = () => Promise<Collection<Kept>>;

/** Makes sure of a collection and its indexes, once; `first` are documents that it begins with. */
export function prepare<Kept extends Document & { _id: string }>(
  { db, reach }: Database,
  name: string,
  indexes: readonly IndexDescription[],
  first: readonly Kept[] = [],
): Prepared<Kept> {
  const collection = db.collection<Kept>(name);
  let preparing: Promise<Collection<Kept>> | undefined;

  async function create(): Promise<Collection<Kept>> {
    // Transactions should not have to create a collection: one without own indexes gets that of its ids.
    const wanted = indexes.length > 0 ? indexes : [{ key: { _id: 1 }, name: "_id_" } as const];
    await reach(() => collection.createIndexes([...wanted]));
    for (const { _id, ...rest } of first) {
      const filter = { _id } as Parameters<typeof collection.updateOne>[0];
      const update = { $setOnInsert: rest } as unknown as Parameters<typeof collection.updateOne>[1];
      await reach(() => collection.updateOne(filter, update, { upsert: true }));
    }
    return collection;
  }

  return async () => {
    preparing ??= create();
    try {
      return await preparing;
    } catch (error) {
      preparing = undefined;
      throw error;
    }
  };
}
