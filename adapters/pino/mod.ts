/**
 * Structured logs: a JSON line each, secrets redacted.
 *
 * @module
 */
export { createLog, type LogOptions } from "./log.ts";
