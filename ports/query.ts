/** Fields of what is stored, by path (`draft.strategy`). A query names just the fields of one index. */
export type Index = readonly string[];

/** From `from` on, up to and without `before`; both may be left out. */
export type Range = { readonly from?: string; readonly before?: string };

export type Query = {
  /** A value, one of several, or (in the index's last field) a range: the page is in the range's order then. */
  readonly where: Readonly<Record<string, string | readonly string[] | Range>>;
  /** By the range's field and then by id; without a range by id. Default: ascending. */
  readonly order?: "ascending" | "descending";
  /** `next` of the page before. What no page gave out is a `BadCursor`. */
  readonly after?: string;
  readonly limit: number;
};

/** `next` is there while something follows. A cursor stays good while others write. */
export type Page<Item> = { readonly items: readonly Item[]; readonly next?: string };

/** All items of all pages; one is asked for when those of the page before are through. */
export async function* allOf<Item>(pageAfter: (place: { readonly after?: string }) => Promise<Page<Item>>) {
  for (let place: { readonly after?: string } = {}; ; ) {
    const { items, next } = await pageAfter(place);
    yield* items;
    if (next === undefined) return;
    place = { after: next };
  }
}

/** A cursor that no page gave out: the client's mistake. */
export class BadCursor extends Error {
  override readonly name = "BadCursor";
}

/** A filter that may be absent drops out of the query: `where` of the filters that are there. */
export function present<Value>(filters: Readonly<Record<string, Value | undefined>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined)) as Record<
    string,
    Value
  >;
}
