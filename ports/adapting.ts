/**
 * What adapters of the same port would otherwise each write again. Domains need not know.
 *
 * @module
 */
export { readCursor, readPlaces, writeCursor } from "./_cursor.ts";
export { type Recorded, record } from "./_recording.ts";
export { isRange, rangedField } from "./_served.ts";
export { createSignal, type Signal } from "./_signal.ts";
export { type Delivery, startDelivery } from "./delivery.ts";
export { createLease, type Lease, leaseKind } from "./lease.ts";
