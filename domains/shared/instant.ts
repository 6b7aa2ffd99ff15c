import type { Instant } from "./brand.ts";

/** The moment so many seconds after another. */
export function later(at: Instant, seconds: number): Instant {
  // biome-ignore lint/style/noRestrictedGlobals: this computes from an instant that was given; no clock is read.
  return new Date(new Date(at).getTime() + seconds * 1000).toISOString() as Instant;
}
