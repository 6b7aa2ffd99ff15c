import type { RecordStore } from "../../ports/mod.ts";
import type { Instant } from "../shared/mod.ts";

type Expiring = Pick<RecordStore<{ readonly expiresAt: Instant }>, "find" | "remove">;

const pageSize = 200;

/** Removes what expired before `now` from stores with an index by `expiresAt`. */
export async function forgetExpired(now: Instant, ...stores: readonly Expiring[]): Promise<void> {
  for (const store of stores) {
    let after: string | undefined;
    do {
      const expired = { where: { expiresAt: { before: now } }, limit: pageSize, ...(after && { after }) };
      const { items, next } = await store.find(expired);
      await Promise.all(items.map(({ id, revision }) => store.remove(id, revision)));
      after = next;
    } while (after);
  }
}
