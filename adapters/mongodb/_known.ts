/** What was last seen of an aggregate: its revision, its last event's hash, the keys of events in its outbox. */
export type Known = { readonly revision: number; readonly head: string; readonly keys: ReadonlySet<string> };

const most = 10_000;

/** Remembers what load() has seen anyway, so that recorded() and commit() need not ask again. It may forget at any time. */
export function createMemory() {
  const memory = new Map<string, Known>();
  return {
    get: (name: string) => memory.get(name),
    /** Answers that overtook each other don't bring back an older revision: its keys would lack the newer ones. */
    learn(name: string, known: Known) {
      const before = memory.get(name);
      if (before && before.revision > known.revision) return;
      memory.delete(name);
      memory.set(name, known);
      for (const oldest of memory.keys()) {
        if (memory.size <= most) break;
        memory.delete(oldest);
      }
    },
  };
}
