import type { Instant } from "./brand.ts";

/** Whether the text is a moment in the one spelling that sorts: RFC 3339, UTC, milliseconds. */
export function isInstant(text: string): text is Instant {
  // biome-ignore lint/style/noRestrictedGlobals: this reads an instant that was given, no clock.
  const read = new Date(text);
  return !Number.isNaN(read.getTime()) && read.toISOString() === text;
}

/** The moment so many seconds after another. */
export function later(at: Instant, seconds: number): Instant {
  // biome-ignore lint/style/noRestrictedGlobals: this computes from an instant that was given; no clock is read.
  return new Date(new Date(at).getTime() + seconds * 1000).toISOString() as Instant;
}

/** Whole seconds since 1970, as contracts count time. */
export function unixTime(at: Instant): bigint {
  // biome-ignore lint/style/noRestrictedGlobals: this reads an instant that was given, no clock.
  return BigInt(new Date(at).getTime()) / 1000n;
}
