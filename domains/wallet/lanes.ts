/** Does some work until it succeeds, with growing pauses in between; rejects once it was stopped. */
export interface Persistence {
  until<T>(what: string, work: () => Promise<T>): Promise<T>;
  stop(): void;
}

export type StartPersistence = () => Persistence;

export type Lanes = AsyncDisposable & {
  /** Has the lane's work done; once more where it is being done just now. */
  kick(lane: string): void;
  /** Resolves when no lane has work. */
  idle(): Promise<void>;
};

type Running = { again: boolean; done: Promise<void> };

/** Work by lanes: one after another within a lane, lanes side by side; driven by kicks, never by a clock. */
export function createLanes(persist: StartPersistence, work: (lane: string) => Promise<void>): Lanes {
  const persistence = persist();
  const running = new Map<string, Running>();
  let closed = false;

  async function run(lane: string, state: Running): Promise<void> {
    try {
      do {
        state.again = false;
        await persistence.until(`work off ${lane}`, () => work(lane));
      } while (state.again && !closed);
    } catch {
      // Stopped: what is left is found again at the next start. Faults were told by who persisted.
    } finally {
      running.delete(lane);
    }
  }

  const idle = async () => {
    while (running.size > 0) await Promise.all([...running.values()].map(({ done }) => done));
  };

  return {
    kick(lane) {
      if (closed) return;
      const current = running.get(lane);
      if (current) {
        current.again = true;
        return;
      }
      const state: Running = { again: false, done: Promise.resolve() };
      running.set(lane, state);
      state.done = run(lane, state);
    },
    idle,
    async [Symbol.asyncDispose]() {
      closed = true;
      persistence.stop();
      await idle();
    },
  };
}
