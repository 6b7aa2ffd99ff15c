/** The services, in the order of their starts. */
export const serviceNames = ["user", "play", "wallet", "task", "portfolio", "notification"] as const;

export type ServiceName = (typeof serviceNames)[number];

/** The processes of a platform that has one for each service, and what joins them. */
export const processNames = [...serviceNames, "gateway", "keeper"] as const;

export type ProcessName = (typeof processNames)[number];
