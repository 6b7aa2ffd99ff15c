/** SHA-256 over the parts, one after another; text is taken as UTF-8. */
export type Hash = (...parts: readonly (string | Uint8Array)[]) => Uint8Array;

const leafPrefix = new Uint8Array([0]);
const nodePrefix = new Uint8Array([1]);

/** The Merkle tree hash of RFC 6962, section 2.1, as lower-case hex. */
export function merkleRoot(hash: Hash, entries: readonly string[]): string {
  let level = entries.map((entry) => hash(leafPrefix, entry));
  // Pairing neighbours, an odd last one moving up alone, makes the RFC's tree: it splits at the largest power of two.
  while (level.length > 1) level = pairs(level).map(([left, right]) => (right ? hash(nodePrefix, left, right) : left));
  return (level[0] ?? hash("")).toHex();
}

function pairs(level: readonly Uint8Array[]): (readonly [Uint8Array, Uint8Array | undefined])[] {
  return level.flatMap((left, place) => (place % 2 === 0 ? [[left, level[place + 1]] as const] : []));
}
