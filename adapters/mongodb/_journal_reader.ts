import type { Document } from "mongodb";
import { readPlaces, writeCursor } from "../../ports/adapting.ts";
import { type Entry, type FiledEntry, type Journal, type Page, StoreUnreachable } from "../../ports/mod.ts";
import type { Filing, JournalDocument } from "./_filing.ts";
import type { Database } from "./database.ts";

type Position = { readonly place: number; readonly revision: number };

type Dependencies = {
  readonly database: Database;
  readonly filing: Filing;
  /** Waits until what this process has committed is filed. */
  readonly settled: () => Promise<void>;
};

/** Reads the journal: entries of one aggregate in the order of commits, all of them in the order of filing. */
export function createJournalReader({ database, filing, settled }: Dependencies): Journal {
  const { reach, deadline } = database;

  async function page(conditions: readonly (Document | undefined)[], sort: Record<string, 1 | -1>, limit: number) {
    await settled().catch((error) => {
      // What can't be filed for another reason is told by the relay, and must not hide what is filed.
      if (error instanceof StoreUnreachable) throw error;
    });
    const all = { place: { $lte: await filing.settledPlace() } };
    const journal = await filing.entries();
    const options = {
      sort,
      limit: limit + 1,
      batchSize: limit + 1,
      maxTimeMS: deadline,
    } as const;
    const documents = await reach(() => journal.find(together([all, ...conditions]), options).toArray());
    return { documents: documents.slice(0, limit), more: documents.length > limit };
  }

  /** The hashes of the entries before these, where they were filed before them. */
  async function previousOf(
    documents: readonly JournalDocument[],
  ): Promise<(document: JournalDocument) => string | undefined> {
    const known = new Map(documents.map((document) => [document._id, document]));
    const wanted = documents.map(before).filter((id) => !known.has(id));
    const journal = await filing.entries();
    const options = { projection: { place: 1, hash: 1 } } as const;
    const earlier = await reach(() => journal.find({ _id: { $in: wanted } }, options).toArray());
    const placed = new Map<string, Pick<JournalDocument, "place" | "hash">>(known);
    for (const document of earlier) placed.set(document._id, document);
    return (document) => {
      const previous = placed.get(before(document));
      return previous && previous.place < document.place ? previous.hash : undefined;
    };
  }

  return {
    async read({ kind, aggregate, actor, from, before: end, order = "ascending", after, startingAt, limit }) {
      const than = order === "ascending" ? "$gt" : "$lt";
      // Within an aggregate revisions run like places, and are indexed.
      const sort = kind !== undefined && aggregate !== undefined ? "revision" : "place";
      const conditions = [
        equal("kind", kind),
        equal("aggregate", aggregate),
        equal("actor", actor),
        from === undefined ? undefined : { at: { $gte: `${from}` } },
        end === undefined ? undefined : { at: { $lt: `${end}` } },
        after === undefined ? undefined : { [sort]: { [than]: position(after)[sort] } },
        startingAt === undefined ? undefined : { [sort]: { [`${than}e`]: position(startingAt)[sort] } },
      ];
      const { documents, more } = await page(conditions, { [sort]: order === "ascending" ? 1 : -1 }, limit);
      return asPage(documents.map(entry), more);
    },

    async inspect({ of, after, limit }) {
      const conditions = [
        equal("kind", of?.kind),
        equal("aggregate", of?.aggregate),
        after === undefined ? undefined : { place: { $gt: position(after).place } },
      ];
      const { documents, more } = await page(conditions, { place: 1 }, limit);
      const previous = await previousOf(documents);
      return asPage(
        documents.map((document) => filed(document, previous(document))),
        more,
      );
    },
  };
}

/** A text, whatever a caller believes: no operator comes from a client. */
function equal(field: string, value: string | undefined): Document | undefined {
  return value === undefined ? undefined : { [field]: `${value}` };
}

/** Side by side, and not under $and: SecantusDB looks for no index below it. Of one field there are different operators. */
function together(conditions: readonly (Document | undefined)[]): Document {
  const all: Document = {};
  for (const [field, wanted] of conditions.flatMap((condition) => Object.entries(condition ?? {}))) {
    all[field] = typeof wanted === "object" ? { ...all[field], ...wanted } : wanted;
  }
  return all;
}

function before({ kind, aggregate, revision }: JournalDocument): string {
  return `${kind}/${aggregate}/${revision - 1}`;
}

function asPage<Item extends { readonly cursor: string }>(items: readonly Item[], more: boolean): Page<Item> {
  const last = items.at(-1);
  return { items, ...(more && last && { next: last.cursor }) };
}

function entry({ stored, hash, ...place }: JournalDocument): Entry {
  return { envelope: JSON.parse(stored), stored, hash, cursor: cursorOf(place) };
}

function filed(document: JournalDocument, previous: string | undefined): FiledEntry {
  const { kind, aggregate, revision, key, actor, at, stored, hash } = document;
  return {
    id: `${kind}/${aggregate}/${revision}`,
    ...{ kind, aggregate, revision, actor, at, stored, hash },
    ...(key !== undefined && { key }),
    ...(previous !== undefined && { previous }),
    cursor: cursorOf(document),
  };
}

function cursorOf({ place, revision }: Position): string {
  return writeCursor([`${place}`, `${revision}`]);
}

function position(cursor: string): Position {
  const [place = 0, revision = 0] = readPlaces(cursor, 2);
  return { place, revision };
}
