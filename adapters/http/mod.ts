/**
 * The REST face: routes, who may call them, and how refusals are told.
 *
 * @module
 */

export { auditRoutes } from "./audit_routes.ts";
export { createClientAddress } from "./client_address.ts";
export { destinationRoutes } from "./destination_routes.ts";
export { type Documentation, documentationRoutes } from "./documentation_routes.ts";
export { freezeRoutes } from "./freeze_routes.ts";
export { createGuards, type GuardDependencies, type Guards } from "./guards.ts";
export { healthRoutes } from "./health_routes.ts";
export { createIdempotency, type Idempotency, idempotentRequestKind } from "./idempotency.ts";
export { incidentRoutes } from "./incident_routes.ts";
export { networkRoutes } from "./network_routes.ts";
export { notificationRoutes } from "./notification_routes.ts";
export { openApiOf } from "./openapi.ts";
export { type Checks, operationsRoutes } from "./operations_routes.ts";
export { orderRoutes } from "./order_routes.ts";
export { playRoutes } from "./play_routes.ts";
export { policyRoutes } from "./policy_routes.ts";
export { portfolioRoutes, priceRoutes } from "./portfolio_routes.ts";
export { portfoliosRoutes } from "./portfolios_routes.ts";
export { createRateLimiter, type RateLimiter, type RateLimits } from "./rate_limits.ts";
export { createFeeds, realtimeRoutes } from "./realtime_routes.ts";
export { type Answer, answerHeaders, createServer } from "./server.ts";
export { sessionRoutes } from "./session_routes.ts";
export { taskRoutes } from "./task_routes.ts";
export { transferRoutes } from "./transfer_routes.ts";
export { userRoutes } from "./user_routes.ts";
export { viewSchemas } from "./views.ts";
export { walletRoutes } from "./wallet_routes.ts";
