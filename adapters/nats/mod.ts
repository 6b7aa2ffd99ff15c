/**
 * The bus between services, and their questions to each other: NATS with JetStream.
 *
 * @module
 */
export { createBroadcast } from "./broadcast.ts";
export { type Connection, type ConnectOptions, connectToNats } from "./connection.ts";
export { createEventBus, type EventBusOptions } from "./event_bus.ts";
export { type Access, keeper, serverConfig } from "./permissions.ts";
export { createQuestions, type Discovered, type NatsQuestions } from "./questions.ts";
export { keepStreams } from "./streams.ts";
