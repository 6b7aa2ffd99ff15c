/**
 * The embedded stores and bus: SQLite files, written through at each commit.
 *
 * @module
 */
export { openDatabase } from "./database.ts";
export { createEventBus } from "./event_bus.ts";
export { createParking } from "./parking.ts";
export { createStores } from "./stores.ts";
export { createWitnessStore } from "./witness.ts";
