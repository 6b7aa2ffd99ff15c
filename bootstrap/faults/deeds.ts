/**
 * What people asked of a platform, and what they were told: against this its journals are counted.
 *
 * @module
 */

/** An event that somebody asked for. Its tag is in the event, and in no other's. */
type Deed = { readonly event: TaggedEvent; readonly done: boolean };

// biome-ignore lint/suspicious/noExplicitAny: events of every kind, as the journals have them.
type Recorded = any;

/** Where the tag of an event is, by kind and type. What an order brought about by itself has none. */
const tags = {
  "user/ProfileChanged": ({ displayName }: Recorded) => displayName,
  "wallet/WalletCreated": ({ label }: Recorded) => label,
  "wallet/WalletRenamed": ({ label }: Recorded) => label,
  "task/TaskOpened": ({ title, order }: Recorded) => (order ? undefined : title),
  "task/TaskCommented": ({ text }: Recorded) => text,
  "play/PlayDrafted": ({ definition }: Recorded) => definition.title,
  "order/OrderPlaced": ({ parameters }: Recorded) => parameters.reference,
} as const satisfies Record<string, (event: Recorded) => string | undefined>;

/** The play on offer, and the wallets of those who have money: they are there before. */
const before: readonly string[] = ["Steady vault", "Campaign"];

export type TaggedEvent = keyof typeof tags;

export type Deeds = ReturnType<typeof createDeeds>;

export type Count = { readonly lost: string[]; readonly doubled: string[]; readonly unasked: string[] };

export function createDeeds() {
  const deeds = new Map<string, Deed>();
  let done = 0;
  let unknown = 0;
  const waiting = new Set<{ readonly count: number; resolve(): void }>();

  return {
    done: () => done,
    /** Asked for, and never answered: it may have been done or not. */
    unknown: () => unknown,
    /** Resolves once so many were done. */
    reached(count: number): Promise<void> {
      if (done >= count) return Promise.resolve();
      return new Promise((resolve) => waiting.add({ count, resolve }));
    },
    note(event: TaggedEvent, tag: string, outcome: "done" | "unknown"): void {
      deeds.set(tag, { event, done: outcome === "done" });
      if (outcome === "unknown") unknown++;
      else done++;
      for (const each of waiting) {
        if (each.count > done) continue;
        waiting.delete(each);
        each.resolve();
      }
    },
    /** What was done is in the journals once, what has no answer at most once, and nothing else is. */
    count(events: Iterable<{ readonly name: string; readonly event: unknown }>): Count {
      const found = new Map<string, number>();
      const unasked: string[] = [];
      for (const { name, event } of events) {
        if (!isTagged(name)) continue;
        const tag = tags[name](event);
        if (tag === undefined) continue;
        if (deeds.get(tag)?.event === name) found.set(tag, (found.get(tag) ?? 0) + 1);
        else if (!before.includes(tag)) unasked.push(`${name} "${tag}"`);
      }
      const lost = [...deeds].filter(([tag, deed]) => deed.done && !found.has(tag));
      const doubled = [...found].filter(([, count]) => count > 1);
      return {
        lost: lost.map(([tag, { event }]) => `${event} "${tag}"`),
        doubled: doubled.map(([tag, count]) => `${deeds.get(tag)?.event} "${tag}" ${count} times`),
        unasked,
      };
    },
  };
}

function isTagged(name: string): name is TaggedEvent {
  return Object.hasOwn(tags, name);
}
