/** Keys that MongoDB or its driver would not take for a field's name: operators, references, the driver's types, NUL. */
const unusual = /^\$|^_bsontype$|^__proto__$|[%\0]/;

/** Plain JSON as MongoDB keeps it: unusual keys are written as in a URL, all else as it is. */
export function toStored(json: unknown): unknown {
  return hasKey(json, unusual) ? renamed(json, (key) => (unusual.test(key) ? escaped(key) : key)) : json;
}

/** What was given to `toStored`. */
export function fromStored(stored: unknown): unknown {
  return hasKey(stored, /%/) ? renamed(stored, decodeURIComponent) : stored;
}

function escaped(key: string): string {
  const first = /^\$|^_bsontype$|^__proto__$/.test(key) ? 1 : 0;
  const hex = (character: string) => `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  return [...key].map((each, place) => (place < first || each === "%" || each === "\0" ? hex(each) : each)).join("");
}

function hasKey(json: unknown, pattern: RegExp): boolean {
  if (typeof json !== "object" || json === null) return false;
  if (Array.isArray(json)) return json.some((item) => hasKey(item, pattern));
  return Object.entries(json).some(([key, value]) => pattern.test(key) || hasKey(value, pattern));
}

function renamed(json: unknown, rename: (key: string) => string): unknown {
  if (typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) return json.map((item) => renamed(item, rename));
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [rename(key), renamed(value, rename)]));
}
