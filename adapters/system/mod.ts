/**
 * The process's own clock, counter, ids, digests and news.
 *
 * @module
 */
export { createBroadcast } from "./broadcast.ts";
export { createClock } from "./clock.ts";
export { createCounter } from "./counter.ts";
export { digest } from "./digest.ts";
export { deriveId, newId } from "./ids.ts";
