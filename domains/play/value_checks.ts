import type { SchemaFault } from "../../ports/mod.ts";
import { secondsOf } from "../shared/mod.ts";

export type Selector = (fragment: string) => string | "malformed";

/** What values may stand on, and how their functions are read. */
export type ValuePlace = {
  /** Whether there is such a fact here: `order.amount`. */
  readonly knows: (path: string) => boolean;
  readonly selector: Selector;
};

const arithmetic = ["sum", "difference", "product", "quotient", "least", "greatest"];
const deepest = 12;

/** What is wrong with a value before anything is computed, by JSON pointer. */
export function valueFaults(value: unknown, pointer: string, place: ValuePlace, depth = 0): SchemaFault[] {
  const fault = (detail: string): SchemaFault[] => [{ pointer, detail }];
  if (depth > deepest) return fault(`Values nest at most ${deepest} levels`);
  if (typeof value === "string") return value.length <= 20_000 ? [] : fault("A literal is too long");
  if (typeof value === "boolean") return [];
  if (Array.isArray(value)) {
    return value.flatMap((each, index) => valueFaults(each, `${pointer}/${index}`, place, depth + 1));
  }
  if (typeof value !== "object" || value === null) return fault("A value is text, a truth, a list or an operation");
  const [[name, operand] = ["", undefined], ...others] = Object.entries(value);
  if (others.length > 0) return fault("An operation has one name");
  if (name === "from") return isText(operand) && place.knows(operand) ? [] : fault("There is no such fact here");
  if (name === "now")
    return isText(operand) && secondsOf(operand) !== undefined ? [] : fault("Give a duration such as PT20M");
  if (name === "read") return readFaults(operand, `${pointer}/read`, place, depth + 1);
  if (!arithmetic.includes(name)) return fault("There is no such operation");
  if (!Array.isArray(operand) || operand.length === 0) return fault("An operation takes a list of values");
  return valueFaults(operand, `${pointer}/${name}`, place, depth + 1);
}

function readFaults(read: unknown, pointer: string, place: ValuePlace, depth: number): SchemaFault[] {
  const { to, function: fragment, arguments: given, output, ...stray } = (read ?? {}) as Record<string, unknown>;
  const faults: SchemaFault[] = [];
  if (Object.keys(stray).length > 0) faults.push({ pointer, detail: "A read has to, function, arguments and output" });
  if (!isText(fragment) || place.selector(fragment) === "malformed" || !/\breturns\b/.test(fragment)) {
    faults.push({ pointer: `${pointer}/function`, detail: "Give a human-readable ABI fragment with its outputs" });
  }
  if (!isText(output)) faults.push({ pointer: `${pointer}/output`, detail: "Name one of the outputs, or its place" });
  if (!Array.isArray(given)) return [...faults, { pointer: `${pointer}/arguments`, detail: "Give a list" }];
  return [
    ...faults,
    ...valueFaults(to, `${pointer}/to`, place, depth),
    ...valueFaults(given, `${pointer}/arguments`, place, depth),
  ];
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
