import { createRateLimiter, type RateLimiter } from "../adapters/http/mod.ts";
import type { Count } from "../ports/mod.ts";
import type { Config } from "./config.ts";

type Limiting = Pick<Config, "rateLimits" | "trustedProxies">;

/** Limits rates as the configuration says; undefined where it says not to. */
export function limitRates({ rateLimits, trustedProxies }: Limiting, counter: () => Count): RateLimiter | undefined {
  if (rateLimits === "off") return undefined;
  return createRateLimiter({ count: counter(), limits: rateLimits, trustedProxies });
}
