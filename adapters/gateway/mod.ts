/**
 * One origin for many services: requests go by prefix to the replicas that discovery names. No state, no domain knowledge.
 *
 * @module
 */
export type { Replica } from "./_directory.ts";
export { createGateway, type Gateway, type GatewayOptions } from "./gateway.ts";
export type { Limits } from "./limits.ts";
export { mergeOpenApi, type OpenApiDocument } from "./merge_openapi.ts";
