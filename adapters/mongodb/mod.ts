/**
 * Stores over MongoDB, a database a service: durable on a majority, with events in their aggregate's outbox until the journal
 * and the bus have them.
 *
 * @module
 */
export { type Database, openDatabase } from "./database.ts";
export { createParking } from "./parking.ts";
export { createStores } from "./stores.ts";
export { createWitnessStore } from "./witness.ts";
