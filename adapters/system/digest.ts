import type { Digest } from "../../ports/mod.ts";

export const digest: Digest = (value) => new Bun.CryptoHasher("sha256").update(canonicalJson(value)).digest("hex");

/**
 * The one JSON text of a value (RFC 8785): members by the UTF-16 code units of their names, numbers as ECMAScript writes
 * them. Members that are undefined count as absent, as in `JSON.stringify`. Throws `TypeError` for what is not JSON.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean") return `${value}`;
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (typeof value === "string" && value.isWellFormed()) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || !isPlain(value)) throw new TypeError(`Cannot digest: a ${typeof value} is not JSON`);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${canonicalJson(name)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
