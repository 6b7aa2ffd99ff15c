import type { Instant } from "../../domains/shared/mod.ts";
import type { Clock } from "../../ports/mod.ts";

/** Tells the machine's time. It never runs backwards within the process: a clock set back stands still until it is caught up with. */
export function createClock(now: () => number = Date.now): Clock {
  let latest = Number.NEGATIVE_INFINITY;
  return () => {
    latest = Math.max(latest, now());
    return new Date(latest).toISOString() as Instant;
  };
}
