/**
 * The process's own clock, counter, ids and digests.
 *
 * @module
 */
export { createClock } from "./clock.ts";
export { createCounter } from "./counter.ts";
export { digest } from "./digest.ts";
export { deriveId, newId } from "./ids.ts";
