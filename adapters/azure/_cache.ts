/** `age` in milliseconds, from when it was asked for. */
export type CacheLimits = { readonly size: number; readonly age: number };

export type Cache<Value> = {
  /** What is known of `id`, or what `load` gives: who asks meanwhile waits for the same. A failure is not kept. */
  get(id: string, load: () => Promise<Value>): Promise<Value>;
  forget(id: string): void;
};

/** Keeps the `size` that were used last, and none beyond its age. */
export function createCache<Value>({ size, age }: CacheLimits, now: () => number): Cache<Value> {
  type Entry = { readonly value: Promise<Value>; readonly until: number };
  const entries = new Map<string, Entry>();

  function prune(): void {
    for (const [id, { until }] of entries) {
      if (entries.size > size || until <= now()) entries.delete(id);
    }
  }

  return {
    get(id, load) {
      const known = entries.get(id);
      const entry = known && now() < known.until ? known : { value: load(), until: now() + age };
      // Written anew at each use, so that the first are those that were not used for longest.
      entries.delete(id);
      entries.set(id, entry);
      if (entry !== known) {
        prune();
        entry.value.catch(() => {
          if (entries.get(id) === entry) entries.delete(id);
        });
      }
      return entry.value;
    },
    forget(id) {
      entries.delete(id);
    },
  };
}
