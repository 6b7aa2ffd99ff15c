import { compareDecimals, type Decimal } from "../shared/mod.ts";

export type HealthStatus = "good" | "warning" | "critical" | "unavailable";

export type Health = {
  readonly status: HealthStatus;
  /** A decimal, such as a health factor of `1.85`; null where it is unavailable. */
  readonly value: string | null;
  readonly reason?: string;
};

/** Where a figure stands between its thresholds. Low is bad where `critical` is below `warn`, high where it is above. */
export function healthOf(value: Decimal, warn: Decimal, critical: Decimal): HealthStatus {
  const towards = compareDecimals(critical, warn) > 0 ? 1 : -1;
  if (compareDecimals(value, critical) * towards >= 0) return "critical";
  return compareDecimals(value, warn) * towards >= 0 ? "warning" : "good";
}

const worstFirst = ["critical", "warning", "unavailable", "good"] as const satisfies readonly HealthStatus[];

/** The worst of several; good where there is none. */
export function worstHealth(statuses: readonly HealthStatus[]): HealthStatus {
  return worstFirst.find((status) => statuses.includes(status)) ?? "good";
}
