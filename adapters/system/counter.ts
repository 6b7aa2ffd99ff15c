import { createTallies, type TalliesOptions } from "../../ports/adapting.ts";
import type { Count } from "../../ports/mod.ts";

/** Counts what happens in this process alone. */
export function createCounter(options: TalliesOptions = {}): Count {
  return createTallies(options).count;
}
