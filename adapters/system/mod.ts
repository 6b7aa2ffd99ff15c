/**
 * The process's own clock, ids, digests and news.
 *
 * @module
 */
export { createBroadcast } from "./broadcast.ts";
export { createClock } from "./clock.ts";
export { digest } from "./digest.ts";
export { deriveId, newId } from "./ids.ts";
