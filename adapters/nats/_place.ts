/** A place in a stream: everything up to `sequence` is handled. `at` tells when that message was stored. */
export type InStream = { readonly stream: string; readonly sequence: number; readonly at: string };

/** A place in what streams no longer keep: events from before `before`, up to the cursor `after`. */
export type InHistory = { readonly before: string; readonly after?: string };

export type Place = InStream | InHistory;

/** What a stream keeps. Two streams of one name are told apart by when they were created. */
export type Kept = {
  readonly created: string;
  readonly first: number;
  /** When the first of them was stored; undefined where there are none. */
  readonly firstAt?: string;
  readonly last: number;
};

export const nowhere: InStream = { stream: "", sequence: 0, at: "" };

/** How long streams keep what happened. */
export const keeping = 30 * 24 * 60 * 60 * 1000;
/** Clocks differ, and an event waits for its relay between being recorded and being stored. */
const tolerance = 60 * 60 * 1000;

/**
 * Where a consumer goes on in a stream: behind its place, or at the beginning of a stream that its place is not in. `lacking`
 * is given where it needs events that the stream does not keep: all of them were recorded before that moment.
 */
export function resume(
  place: InStream,
  kept: Kept,
  now: number,
): { readonly place: InStream; readonly lacking?: string } {
  const inside = place.stream === kept.created && place.sequence <= kept.last;
  if (inside && place.sequence + 1 >= kept.first) return { place };
  const begins = kept.first > 1 ? (kept.firstAt ?? told(now)) : rebuiltFrom(kept.created);
  const lacking = told(Date.parse(begins) + tolerance);
  const start = { stream: kept.created, sequence: Math.max(kept.first - 1, 0), at: lacking };
  return place.at < begins ? { place: start, lacking } : { place: start };
}

/** A new stream is filled with what was recorded from this moment on. */
export function rebuiltFrom(created: string): string {
  return told(Date.parse(created) - keeping - tolerance);
}

function told(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
