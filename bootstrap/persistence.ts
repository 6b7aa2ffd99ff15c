import type { StartPersistence } from "../domains/wallet/mod.ts";
import type { Log } from "../ports/mod.ts";
import { retrying } from "./retrying.ts";

/** Tries until it works or is stopped; a pause after each fault. */
export function persistence(log: Log): StartPersistence {
  return () => {
    const stop = new AbortController();
    return {
      until: (what, work) => retrying(work, { signal: stop.signal, log, what }),
      stop: () => stop.abort(),
    };
  };
}
