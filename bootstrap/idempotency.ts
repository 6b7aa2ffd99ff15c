import { createIdempotency, type Idempotency, idempotentRequestKind } from "../adapters/http/mod.ts";
import { later } from "../domains/shared/mod.ts";
import type { Footing, Host } from "./host.ts";

const aDay = 24 * 60 * 60;

/** Idempotency keys in a service's own store, for a day. */
export function keepIdempotency({ stores, every }: Footing, { clock, newId, deriveId }: Host): Idempotency {
  const idempotency = createIdempotency({ requests: stores.records(idempotentRequestKind), clock, newId, deriveId });
  every(60_000, "forget idempotency keys", () => idempotency.forget(later(clock(), -aDay)));
  return idempotency;
}
