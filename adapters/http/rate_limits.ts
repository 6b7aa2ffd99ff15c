import type { UserId } from "../../domains/shared/mod.ts";
import type { Count } from "../../ports/mod.ts";
import { hasHost, pathOf } from "./_path.ts";
import { countedAs, createClientAddress } from "./client_address.ts";
import { commonProblem } from "./problems.ts";

/** Requests a minute. */
export type RateLimits = { readonly user: number; readonly address: number };

export type RateLimiterOptions = {
  readonly count: Count;
  readonly limits: RateLimits;
  /** Addresses or CIDR blocks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
};

type Headers = Record<string, string | number | undefined>;

/**
 * Counts a request, and says in the headers of its answer what is left: `RateLimit` and `RateLimit-Policy` as
 * draft-ietf-httpapi-ratelimit-headers has them. What goes beyond the limit is thrown as the problem `rate-limited`.
 */
export type RateLimiter = {
  /** For the address that asks; `connected` is who connected. */
  address(request: Request, connected: string | undefined, headers: Headers): void;
  /** For the user, once it is known who asks. */
  user(user: UserId, headers: Headers): void;
};

/** What machines ask, and the documentation. */
const unlimited = /^\/(health\/|metrics$|docs(\/|$))/;

/** Whether the requests for a path are counted. */
export function isLimited(path: string): boolean {
  return !unlimited.test(path);
}

export function createRateLimiter({ count, limits, trustedProxies }: RateLimiterOptions): RateLimiter {
  const addressOf = createClientAddress(trustedProxies);

  function take(policy: keyof RateLimits, who: string, headers: Headers): void {
    const { total, left } = count(`${policy}:${who}`);
    const quota = limits[policy];
    const seconds = Math.max(Math.ceil(left / 1000), 1);
    add(headers, "ratelimit-policy", `"${policy}";q=${quota};w=60`);
    add(headers, "ratelimit", `"${policy}";r=${Math.max(quota - total, 0)};t=${seconds}`);
    if (total <= quota) return;
    headers["retry-after"] = `${seconds}`;
    throw commonProblem("rate-limited", { "violated-policies": [policy] });
  }

  return {
    address(request, connected, headers) {
      if (hasHost(request) && !isLimited(pathOf(request))) return;
      take("address", countedAs(addressOf(request, connected)), headers);
    },
    user: (user, headers) => take("user", user, headers),
  };
}

function add(headers: Headers, name: string, item: string): void {
  const before = headers[name];
  headers[name] = before === undefined ? item : `${before}, ${item}`;
}
