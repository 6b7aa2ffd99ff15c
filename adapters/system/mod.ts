/**
 * The process's own clock, ids and digests.
 *
 * @module
 */
export { createClock } from "./clock.ts";
export { digest } from "./digest.ts";
export { deriveId, newId } from "./ids.ts";
