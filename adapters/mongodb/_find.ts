import type { Collection, Document, IndexDescription } from "mongodb";
import { isRange, rangedField, readCursor, writeCursor } from "../../ports/adapting.ts";
import type { Index, Page, Query } from "../../ports/mod.ts";
import type { Database } from "./database.ts";

/** What is found in: documents with declared indexes on the fields of one of their fields. */
export type Searched = {
  readonly name: string;
  /** The field that holds the document: `state`. */
  readonly document: string;
  readonly indexes: readonly Index[];
};

type Found = Document & { _id: string };

/** Ids come last: pages are in their order where the fields are equal. */
export function indexesOf({ document, indexes }: Searched): IndexDescription[] {
  return indexes.map((fields) => ({
    key: Object.fromEntries([...fields.map((field) => [`${document}.${field}`, 1]), ["_id", 1]]),
  }));
}

/** Finds a page of documents. Field names are the declared indexes', values are compared as texts: no operator comes from a client. */
export async function findPage<Kept extends Found>(
  { reach, deadline }: Database,
  collection: Collection<Kept>,
  searched: Searched,
  { where, order = "ascending", after, limit }: Query,
): Promise<Page<Kept>> {
  const ranged = rangedField(searched, where);
  const path = (field: string) => `${searched.document}.${field}`;
  const keys = ranged === undefined ? ["_id"] : [path(ranged), "_id"];
  // Side by side, and not under $and: SecantusDB looks for no index below it.
  const filter: Document = {
    ...Object.fromEntries(Object.entries(where).map(([field, wanted]) => [path(field), condition(field, wanted)])),
    ...(after !== undefined && following(keys, order, readCursor(after, keys.length))),
  };
  const direction = order === "ascending" ? 1 : -1;
  const options = {
    sort: Object.fromEntries(keys.map((key) => [key, direction] as const)),
    projection: { outbox: 0 },
    // One document more than the page holds tells whether another page follows.
    limit: limit + 1,
    batchSize: limit + 1,
    maxTimeMS: deadline,
  };
  const documents = await reach(() => collection.find<Kept>(filter as never, options).toArray());
  const items = documents.slice(0, limit);
  const last = items.at(-1);
  if (documents.length <= limit || !last) return { items };
  return { items, next: writeCursor(keys.map((key) => String(valueAt(last, key)))) };
}

function condition(field: string, wanted: Query["where"][string]): Document | string {
  if (Array.isArray(wanted)) return { $in: wanted.map((each) => text(field, each)) };
  if (!isRange(wanted)) return text(field, wanted);
  const { from = "", before, ...others } = wanted;
  if (Object.keys(others).length > 0) throw new TypeError(`Cannot find by ${field}: it is no range`);
  return { $gte: text(field, from), ...(before !== undefined && { $lt: text(field, before) }) };
}

/** What comes from a client may be of another type than the compiler believes. */
function text(field: string, value: unknown): string {
  if (typeof value !== "string") throw new TypeError(`Cannot find by ${field}: it is no text`);
  return value;
}

function following(
  [first = "_id", second]: readonly string[],
  order: Query["order"],
  cursor: readonly string[],
): Document {
  const than = order === "descending" ? "$lt" : "$gt";
  const [value, id] = cursor;
  const behind = { [first]: { [than]: value } };
  return second === undefined ? behind : { $or: [behind, { [first]: { $eq: value }, [second]: { [than]: id } }] };
}

function valueAt(document: Document, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => (value as Document | undefined)?.[key], document);
}
