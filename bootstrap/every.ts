import { setTimeout } from "node:timers/promises";
import type { Log } from "../ports/mod.ts";

/** Does some work again and again, `pause` milliseconds after it ended, until disposed. What fails is told and tried again. */
export function every(
  pause: number,
  what: string,
  work: (signal: AbortSignal) => Promise<unknown>,
  log: Log,
): AsyncDisposable {
  const stop = new AbortController();
  const { signal } = stop;
  const working = (async () => {
    while (!signal.aborted) {
      await work(signal).catch((error) => signal.aborted || log(`Cannot ${what}`, { error }));
      await setTimeout(pause, undefined, { signal }).catch(() => {});
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await working;
    },
  };
}
