import { BadCursor } from "./query.ts";

/** Cursors are opaque to clients: the sort key of the last item. */
export function writeCursor(keys: readonly string[]): string {
  return Buffer.from(JSON.stringify(keys)).toString("base64url");
}

export function readCursor(cursor: string, length: number): readonly string[] {
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (Array.isArray(keys) && keys.length === length && keys.every((key) => typeof key === "string")) return keys;
  } catch {
    // Told below, as every other cursor that we never gave out.
  }
  throw neverGivenOut();
}

/** Reads a cursor whose keys are whole numbers. */
export function readPlaces(cursor: string, length: number): readonly number[] {
  const keys = readCursor(cursor, length);
  if (!keys.every((key) => /^[0-9]{1,15}$/.test(key))) throw neverGivenOut();
  return keys.map(Number);
}

function neverGivenOut(): BadCursor {
  return new BadCursor("Cannot read the cursor: no page gave it out");
}
