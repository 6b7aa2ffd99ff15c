/** Does some work when it is its turn. Rejects with the signal's reason where that aborts before. */
type Slots = <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/** Lets so much work go on at once; whoever comes later waits, in order. */
export function createSlots(most: number): Slots {
  const waiting: (() => void)[] = [];
  let free = most;

  function turn(): Promise<void> {
    if (free === 0) return new Promise((resolve) => waiting.push(resolve));
    free--;
    return Promise.resolve();
  }

  function pass(): void {
    const next = waiting.shift();
    if (next) next();
    else free++;
  }

  return async (work, signal) => {
    await turn();
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      pass();
    }
  };
}
