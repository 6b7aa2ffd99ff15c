import { decimalText } from "../shared/mod.ts";

const hundredPercent = 10_000n;

/**
 * Shares in percent, with two decimals, that sum to exactly `100.00`: what rounding down leaves goes to the largest
 * remainders, the earlier of equal ones first. Undefined where there is nothing to share.
 */
export function shares(weights: readonly bigint[]): string[] | undefined {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (total <= 0n) return undefined;
  const parts = weights.map((weight, place) => {
    const scaled = weight * hundredPercent;
    return { place, points: scaled / total, remainder: scaled % total };
  });
  const missing = hundredPercent - parts.reduce((sum, { points }) => sum + points, 0n);
  const byRemainder = parts.toSorted((a, b) => (a.remainder > b.remainder ? -1 : Number(a.remainder < b.remainder)));
  const rounded = new Set(byRemainder.slice(0, Number(missing)).map(({ place }) => place));
  return parts.map(({ place, points }) =>
    decimalText({ digits: rounded.has(place) ? points + 1n : points, scale: 2 }, 2),
  );
}
