import type { ServiceName } from "../service_names.ts";

/**
 * The beginnings of each service's paths. What a replica says is not asked for: one that was taken over would have another
 * service's requests sent to it.
 */
export const prefixes: Readonly<Record<ServiceName, readonly string[]>> = {
  user: [...["/.well-known/jwks.json", "/v1/auth", "/v1/operations/user", "/v1/permissions", "/v1/roles", "/v1/users"]],
  play: ["/v1/operations/play", "/v1/plays"],
  wallet: [
    ...["/v1/assets", "/v1/networks", "/v1/operations/wallet", "/v1/platform", "/v1/policies", "/v1/transfers"],
    "/v1/wallets",
  ],
  task: ["/v1/incidents", "/v1/operations/task", "/v1/orders", "/v1/tasks"],
  portfolio: ["/v1/operations/portfolio", "/v1/portfolio", "/v1/portfolios", "/v1/prices"],
  notification: ["/v1/audit", "/v1/notifications", "/v1/operations/notification", "/v1/realtime"],
};
