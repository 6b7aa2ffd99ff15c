import type { Brand } from "./brand.ts";

/** A whole number of an asset's base units (wei, lamports, satoshi) as a decimal string, up to 2^256 - 1. */
export type Amount = Brand<"Amount">;

/** A change of a balance in base units: an `Amount`, or one with a minus before it. */
export type Delta = Brand<"Delta">;

const canonical = /^(0|[1-9][0-9]{0,77})$/;
const limit = 2n ** 256n;

/** Nothing of an asset. */
export const zero = "0" as Amount;

/** The most that an amount can say: all of an asset, or no bound. */
export const largestAmount = (limit - 1n).toString() as Amount;

/** Reads an amount. Throws `RangeError` if it is not a canonical decimal below 2^256. */
export function amount(value: string | bigint): Amount {
  const text = value.toString();
  if (!canonical.test(text) || BigInt(text) >= limit) throw new RangeError(`Cannot read amount "${text}"`);
  return text as Amount;
}

/** Reads an amount that a client sent; undefined where it is none. */
export function parseAmount(text: string): Amount | undefined {
  return canonical.test(text) && BigInt(text) < limit ? (text as Amount) : undefined;
}

/** Reads a signed change. Throws `RangeError` if its size is not an amount. */
export function delta(value: string | bigint): Delta {
  const text = value.toString();
  amount(text.startsWith("-") ? text.slice(1) : text);
  if (text === "-0") throw new RangeError("Cannot read delta: zero has no sign");
  return text as Delta;
}

export function addAmounts(...amounts: readonly Amount[]): Amount {
  return amount(amounts.reduce((sum, each) => sum + BigInt(each), 0n));
}

/** A number that is not negative, or the largest amount where it is beyond it. */
export function cappedAmount(value: bigint): Amount {
  return value < limit ? amount(value) : largestAmount;
}

/** `a - b`, or zero where `b` is larger. */
export function subtractAmounts(a: Amount, b: Amount): Amount {
  return compareAmounts(a, b) > 0 ? amount(BigInt(a) - BigInt(b)) : zero;
}

export function leastAmount(a: Amount, b: Amount): Amount {
  return compareAmounts(a, b) < 0 ? a : b;
}

export function addDeltas(...deltas: readonly (Delta | Amount)[]): Delta {
  return delta(deltas.reduce((sum, each) => sum + BigInt(each), 0n));
}

export function negate(value: Amount | Delta): Delta {
  return delta(-BigInt(value));
}

/** The size of a change, without its sign. */
export function sizeOf(value: Delta | Amount): Amount {
  return amount(value.startsWith("-") ? value.slice(1) : value);
}

export function isNegative(value: Delta | Amount): boolean {
  return value.startsWith("-");
}

/** Negative, zero or positive, as `Array.prototype.sort` wants it. */
export function compareAmounts(a: Amount, b: Amount): number {
  return a.length - b.length || (a < b ? -1 : Number(a > b));
}
