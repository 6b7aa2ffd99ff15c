import type { Envelope, Page } from "../../ports/mod.ts";

type Query = { readonly kind: string; readonly from?: string; readonly before?: string; readonly after?: string };

/** Reads events of one kind in the order of commits, as a journal does. */
export type History = (
  query: Query & { readonly limit: number },
) => Promise<Page<{ readonly envelope: Envelope; readonly cursor: string }>>;

/** Page after page, until there are no more. */
export async function* pagesOf(history: History, query: Query) {
  for (let after = query.after; ; ) {
    const { items, next } = await history({ ...query, limit: 500, ...(after !== undefined && { after }) });
    if (items.length > 0) yield items;
    if (next === undefined) return;
    after = next;
  }
}
