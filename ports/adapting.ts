/**
 * What adapters of the same port would otherwise each write again. Domains need not know.
 *
 * @module
 */
export { readCursor, readPlaces, writeCursor } from "./_cursor.ts";
export { kebabCase } from "./_kebab.ts";
export { pause } from "./_pause.ts";
export { record } from "./_recording.ts";
export { isRange, rangedField } from "./_served.ts";
export { createSignal, type Signal } from "./_signal.ts";
export type { Stores } from "./_stores.ts";
export { createTallies, minute, type TalliesOptions } from "./_tallies.ts";
export { within } from "./_within.ts";
export { startDelivery } from "./delivery.ts";
export { createLease, leaseKind } from "./lease.ts";
