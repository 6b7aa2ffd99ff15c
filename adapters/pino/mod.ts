/**
 * Structured logs: a JSON line each, secrets redacted.
 *
 * @module
 */
export { createLog } from "./log.ts";
