/**
 * The bus between services, their questions to each other, and what their replicas count together: NATS with JetStream.
 *
 * @module
 */
export { createBroadcast } from "./broadcast.ts";
export { type Connection, type ConnectOptions, connectToNats } from "./connection.ts";
export { type CounterOptions, createCounter } from "./counter.ts";
export { createEventBus, type EventBusOptions } from "./event_bus.ts";
export { type Access, keeper, serverConfig } from "./permissions.ts";
export { createQuestions, type Discovered, type NatsQuestions } from "./questions.ts";
export { keepStreams } from "./streams.ts";
