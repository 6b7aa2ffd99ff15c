import type { RecordKind, RecordStore, Stored } from "../../ports/mod.ts";
import { prepare } from "./_collection.ts";
import { isDuplicate } from "./_faults.ts";
import { findPage, indexesOf } from "./_find.ts";
import { fromStored, toStored } from "./_json.ts";
import type { Database } from "./database.ts";

/** A record; `write` names the write that made it so. */
type RecordDocument = {
  readonly _id: string;
  readonly revision: number;
  readonly value: unknown;
  readonly write: string;
};

/** A collection of records: no events, no journal. */
export function createRecords<Value>(database: Database, { name, indexes }: RecordKind<Value>): RecordStore<Value> {
  const { reach, patiently, deadline } = database;
  const searched = { name: `record_${name}`, document: "value", indexes };
  const collection = prepare<RecordDocument>(database, searched.name, indexesOf(searched));
  const read = ({ _id: id, revision, value }: RecordDocument) =>
    ({ id, revision, value: fromStored(value) }) as Stored<Value>;

  /** Whether this write made the record what it is: an earlier try may have, whose answer was lost. */
  async function wrote(id: string, write: string): Promise<boolean> {
    const records = await collection();
    const options = { projection: { write: 1 }, readConcern: { level: "linearizable" }, maxTimeMS: deadline } as const;
    return (await reach(() => records.findOne({ _id: { $eq: id } }, options)))?.write === write;
  }

  async function insert(document: RecordDocument): Promise<boolean> {
    const records = await collection();
    try {
      await reach(() => records.insertOne(document));
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  async function update({ _id, revision, value, write }: RecordDocument): Promise<boolean> {
    const records = await collection();
    const change = { $set: { revision, value, write } };
    const { matchedCount } = await reach(() =>
      records.updateOne({ _id: { $eq: _id }, revision: revision - 1 }, change),
    );
    return matchedCount > 0;
  }

  return {
    async get(id) {
      const records = await collection();
      const found = await reach(() => records.findOne({ _id: { $eq: id } }));
      return found ? read(found) : undefined;
    },
    put(id, value, revision) {
      const document = { _id: id, revision: revision + 1, value: toStored(value), write: Bun.randomUUIDv7() };
      return patiently(async () => {
        const written = revision === 0 ? await insert(document) : await update(document);
        return written || (await wrote(id, document.write)) ? "written" : "conflict";
      });
    },
    async remove(id, revision) {
      const records = await collection();
      // Not tried again here: of one that is gone nobody could tell who removed it. The driver's own retry can.
      const { deletedCount } = await reach(() => records.deleteOne({ _id: { $eq: id }, revision }));
      return deletedCount > 0 ? "written" : "conflict";
    },
    async find(query) {
      const { items, ...next } = await findPage(database, await collection(), searched, query);
      return { items: items.map(read), ...next };
    },
  };
}
