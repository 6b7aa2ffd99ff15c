import type { Page } from "../../ports/mod.ts";

/** What of a page goes into one message; NATS takes a megabyte. */
const most = 512 * 1024;

/** As much of a page as a message holds, an item at least; the next page begins behind it. */
export function fitting<Item extends { readonly cursor: string }>({ items, next }: Page<Item>): Page<Item> {
  let size = 0;
  const taken = items.findIndex((item) => {
    size += Buffer.byteLength(JSON.stringify(item));
    return size > most;
  });
  if (taken === -1) return { items, ...(next !== undefined && { next }) };
  const fit = items.slice(0, Math.max(taken, 1));
  const last = fit.at(-1);
  if (fit.length === items.length || !last) return { items: fit, ...(next !== undefined && { next }) };
  return { items: fit, next: last.cursor };
}

/** Pages that may come short, put together until there are as many items as were asked for, or no more. */
export async function filled<Item>(
  limit: number,
  read: (limit: number, after: string | undefined) => Promise<Page<Item>>,
  after?: string,
): Promise<Page<Item>> {
  const items: Item[] = [];
  for (let place = after; ; ) {
    const page = await read(limit - items.length, place);
    items.push(...page.items);
    if (page.next === undefined) return { items };
    if (items.length >= limit) return { items, next: page.next };
    place = page.next;
  }
}
