/**
 * Real servers for tests and benches, from ordinary package registries.
 *
 * @module
 */
export { freePort } from "./_process.ts";
export { startSecantus, withMongodb } from "./mongodb.ts";
export { startNats, withNats, withOwnNats } from "./nats.ts";
