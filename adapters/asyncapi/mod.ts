/**
 * What goes over the bus, as an AsyncAPI document: the events of every kind with their schemas, which the compiler holds to
 * what the domains record, and the questions.
 *
 * @module
 */
export { eventsTable } from "./_events.ts";
export type { DescribedQuestion } from "./_questions.ts";
export { asyncApiOf, type ServiceOnBus } from "./document.ts";
