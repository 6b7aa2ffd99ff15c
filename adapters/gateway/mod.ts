/**
 * One origin for many services: requests go by prefix to the replicas that discovery names. No state, no domain knowledge.
 *
 * @module
 */
export type { Replica } from "./_directory.ts";
export { createGateway, type GatewayOptions } from "./gateway.ts";
export { mergeOpenApi, type OpenApiDocument } from "./merge_openapi.ts";
