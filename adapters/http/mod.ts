/**
 * The REST face: routes, who may call them, and how refusals are told.
 *
 * @module
 */
export { documentationRoutes } from "./documentation_routes.ts";
export { createGuards, type Guards } from "./guards.ts";
export { healthRoutes } from "./health_routes.ts";
export { createIdempotency, type IdempotentRequest, idempotentRequestKind } from "./idempotency.ts";
export { type Checks, type Operations, operationsRoutes } from "./operations_routes.ts";
export { portfolioRoutes, priceRoutes } from "./portfolio_routes.ts";
export { portfoliosRoutes } from "./portfolios_routes.ts";
export { type Answer, createServer } from "./server.ts";
