/**
 * Values: what a play's steps compute instead of spelling it out. Data, not code: literals, facts of the order, reads of the
 * chain, whole-number arithmetic.
 *
 * @module
 */
import { type Duration, secondsOf } from "./duration.ts";

/** A literal (text, truth, or a list, which may hold values again) or an operation. Whole numbers are decimal strings. */
export type Value = string | boolean | readonly Value[] | Operation;

export type Operation =
  | { readonly from: string }
  | { readonly now: Duration }
  | { readonly read: Read<Value> }
  | { readonly [Name in Arithmetic]?: readonly Value[] };

/** A call of the chain: `function` is a human-readable ABI fragment with outputs, `output` the name or place of one. */
export type Read<Argument> = {
  readonly to: Argument;
  readonly function: string;
  readonly arguments: readonly Argument[];
  readonly output: string;
};

/** What a value comes to. */
export type Resolved = string | boolean | readonly Resolved[];

/** Where values get their facts. */
export type Facts = {
  /** A path such as `order.amount`; undefined where there is no such fact. */
  readonly from: (path: string) => Resolved | undefined;
  /** Seconds since 1970. */
  readonly now: () => bigint;
  readonly read: (call: Read<Resolved>) => Promise<Resolved>;
};

export type ResolvedValue =
  | { readonly ok: true; readonly value: Resolved }
  | { readonly ok: false; readonly refusal: ValueRefusal; readonly detail: string };

export type ValueRefusal = "value-unknown" | "value-malformed" | "value-out-of-range" | "value-unreadable";

const arithmetic = {
  sum: (a: bigint, b: bigint) => a + b,
  difference: (a: bigint, b: bigint) => a - b,
  product: (a: bigint, b: bigint) => a * b,
  quotient: (a: bigint, b: bigint) => divide(a, b),
  least: (a: bigint, b: bigint) => (a < b ? a : b),
  greatest: (a: bigint, b: bigint) => (a > b ? a : b),
} as const;

type Arithmetic = keyof typeof arithmetic;

const limit = 2n ** 256n;

/**
 * Computes a value. Every intermediate result is a whole number from zero to 2^256 - 1; quotients are rounded down. What
 * `read` throws as a fault passes through; what it rejects otherwise is `value-unreadable`.
 */
export async function resolveValue(value: Value, facts: Facts): Promise<ResolvedValue> {
  try {
    return { ok: true, value: await resolve(value, facts) };
  } catch (error) {
    if (error instanceof Unresolvable) return { ok: false, refusal: error.refusal, detail: error.message };
    throw error;
  }
}

/** Thrown by `Facts.read` where the chain answers, but not with a value (a revert, no such output). */
export class Unresolvable extends Error {
  readonly refusal: ValueRefusal;

  constructor(refusal: ValueRefusal, detail: string) {
    super(detail);
    this.refusal = refusal;
  }
}

async function resolve(value: Value, facts: Facts): Promise<Resolved> {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (isList(value)) return resolveAll(value, facts);
  // What clients sent may be anything.
  if (typeof value !== "object" || value === null) malformed("value");
  if ("from" in value) {
    const known = facts.from(value.from);
    if (known === undefined) throw new Unresolvable("value-unknown", `There is no ${value.from}`);
    return known;
  }
  if ("now" in value) return inRange(facts.now() + BigInt(secondsOf(value.now) ?? malformed("now")));
  if ("read" in value) {
    const { to, arguments: given, ...rest } = value.read ?? malformed("read");
    return facts.read({ ...rest, to: await resolve(to, facts), arguments: await resolveAll(given, facts) });
  }
  const [[name, operands = []] = malformed("operation")] = Object.entries(value);
  const compute = Object.hasOwn(arithmetic, name) ? arithmetic[name as Arithmetic] : malformed("operation");
  const numbers = (await resolveAll(operands, facts)).map(whole);
  if (numbers.length === 0) malformed(name);
  return inRange(numbers.reduce((a, b) => BigInt(inRange(compute(a, b)))));
}

/** One after another: a fault of the first read spares the others. */
async function resolveAll(values: readonly Value[], facts: Facts): Promise<Resolved[]> {
  if (!isList(values)) malformed("list");
  const resolved: Resolved[] = [];
  for (const value of values) resolved.push(await resolve(value, facts));
  return resolved;
}

function whole(resolved: Resolved): bigint {
  if (typeof resolved !== "string" || !/^(0|[1-9][0-9]*)$/.test(resolved)) malformed("whole number");
  return BigInt(inRange(BigInt(resolved as string)));
}

function inRange(number: bigint): string {
  if (number < 0n || number >= limit)
    throw new Unresolvable("value-out-of-range", "A result is below 0 or above 2^256 - 1");
  return number.toString();
}

function divide(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new Unresolvable("value-out-of-range", "A quotient divides by zero");
  return a / b;
}

function malformed(what: string): never {
  throw new Unresolvable("value-malformed", `The ${what} is not well formed`);
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Every operation in a value, nested ones included: for checks before anything is computed. */
export function operationsOf(value: Value): readonly Operation[] {
  if (typeof value === "string" || typeof value === "boolean") return [];
  if (isList(value)) return value.flatMap(operationsOf);
  if ("read" in value) return [value, ...operationsOf(value.read.to), ...value.read.arguments.flatMap(operationsOf)];
  if ("from" in value || "now" in value) return [value];
  return [value, ...Object.values(value).flatMap((operands) => (operands ?? []).flatMap(operationsOf))];
}

/** Whether a value needs this fact. */
export function standsOn(value: Value, path: string): boolean {
  return operationsOf(value).some((operation) => "from" in operation && operation.from === path);
}
