/** Whether two values are the same as JSON: members may stand in any order, elements may not. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [Object.entries(a), new Map(Object.entries(b))];
  return left.length === right.size && left.every(([key, value]) => right.has(key) && sameJson(value, right.get(key)));
}

/** How many characters the value has as JSON: what is recorded is bounded. */
export function lengthOf(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0;
}
