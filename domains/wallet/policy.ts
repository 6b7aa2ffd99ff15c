/**
 * What users may do with their wallets by themselves: send to the address that they registered with.
 *
 * @module
 */
import type { Network } from "./chain.ts";
import type { Intent } from "./intent.ts";
import { isRegistered, type Registration } from "./registration.ts";

export type PolicyRefusal = "call-not-allowed" | "destination-not-allowed";

/** What the rules say of a transfer, and which of them decided. */
export type Verdict =
  | { readonly verdict: "allowed"; readonly rule: "address-of-registration" }
  | { readonly verdict: "refused"; readonly rule: PolicyRefusal };

/** Judges a user's own intent; `to` is its destination's address. */
export function judge(intent: Intent<unknown>, to: string, network: Network, registration: Registration): Verdict {
  if (intent.type !== "send") return { verdict: "refused", rule: "call-not-allowed" };
  return isRegistered(registration, network.id, to)
    ? { verdict: "allowed", rule: "address-of-registration" }
    : { verdict: "refused", rule: "destination-not-allowed" };
}
