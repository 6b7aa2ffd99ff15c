import type { Subscription } from "../../ports/messaging.ts";
import type { RecordKind, RecordStore } from "../../ports/mod.ts";

/** A place in a stream: everything up to `sequence` is handled. `at` tells when that message was stored. */
export type InStream = { readonly stream: string; readonly sequence: number; readonly at: string };

/** A place in what streams no longer keep: events from before `before`, up to the cursor `after`. */
export type InHistory = { readonly before: string; readonly after?: string };

export type Place = InStream | InHistory;

/** How far consumers have come lies in their own store. */
export const placeKind: RecordKind<Place> = { name: "bus_place", indexes: [] };

/** What tells a consumer's reading of a kind from others. */
export const readingOf = ({ consumer, kind }: Subscription) => `${consumer}/${kind}`;

/**
 * Where a reading goes on, and how that is kept. Who opens it is its reader from then on: another one that still saves finds
 * out by that, and `lose` is called.
 */
export async function openPlace(places: RecordStore<Place>, reading: string, lose: () => void) {
  const kept = await places.get(reading);
  const from = kept?.value ?? nowhere;
  let revision = kept?.revision ?? 0;
  async function save(place: Place): Promise<void> {
    if ((await places.put(reading, place, revision)) === "written") revision++;
    else lose();
  }
  await save(from);
  return { from, save };
}

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
