import type { Collection, Document, IndexDescription, OptionalUnlessRequiredId } from "mongodb";
import { isDuplicate } from "./_faults.ts";
import type { Database } from "./database.ts";

/** A collection once it has its indexes. What failed is tried again by the next who ask. */
export type Prepared<Kept extends Document> = () => Promise<Collection<Kept>>;

const known = new WeakMap<Database, (() => Promise<unknown>)[]>();

/** Makes sure of a collection and its indexes, once; `first` is a document that it begins with. */
export function prepare<Kept extends Document & { readonly _id: string }>(
  database: Database,
  name: string,
  indexes: readonly IndexDescription[],
  first?: OptionalUnlessRequiredId<Kept>,
): Prepared<Kept> {
  const { reach } = database;
  const collection = () => database.db.collection<Kept>(name);
  let preparing: Promise<void> | undefined;

  async function create(): Promise<void> {
    // Transactions should not have to create a collection: one without own indexes gets that of its ids.
    const wanted = indexes.length > 0 ? indexes : [{ key: { _id: 1 }, name: "_id_" } as const];
    await reach(() => collection().createIndexes([...wanted]));
    if (first === undefined) return;
    try {
      await reach(() => collection().insertOne(first));
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
  }

  async function prepared(): Promise<Collection<Kept>> {
    preparing ??= create();
    try {
      await preparing;
      return collection();
    } catch (error) {
      preparing = undefined;
      throw error;
    }
  }
  known.set(database, [...(known.get(database) ?? []), prepared]);
  return prepared;
}

/** Prepares all collections that were asked for so far. */
export async function prepareAll(database: Database): Promise<void> {
  await Promise.all((known.get(database) ?? []).map((prepared) => prepared()));
}
