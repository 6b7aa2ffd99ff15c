/**
 * Real servers for tests and benches, from ordinary package registries.
 *
 * @module
 */
export { startSecantus, withMongodb } from "./mongodb.ts";
export { startNats, withNats, withOwnNats } from "./nats.ts";
