/**
 * The account that a user registered with: where withdrawals may go. A projection of the user service's events.
 *
 * @module
 */
import type { AggregateKind } from "../../ports/mod.ts";
import { type AccountId, accept, type Decision, type NetworkId, parseAccount } from "../shared/mod.ts";

export type Registration =
  | { readonly status: "unknown" }
  | { readonly status: "registered"; readonly account: AccountId };

export type RegistrationEvent = { readonly type: "AccountRegistered"; readonly account: AccountId };

/** Notes the account. */
export function noteRegistration(_registration: Registration, account: AccountId): Decision<RegistrationEvent, never> {
  return accept<RegistrationEvent>({ type: "AccountRegistered", account });
}

/** Replays a recorded fact. */
export function evolve(_registration: Registration, { account }: RegistrationEvent): Registration {
  return { status: "registered", account };
}

/** Whether an address is the account of registration: an EVM address is its owner's on every EVM network. */
export function isRegistered(registration: Registration, network: NetworkId, address: string): boolean {
  const account = registration.status === "registered" ? parseAccount(registration.account) : undefined;
  if (!account) return false;
  return familyOf(account.network) === familyOf(network) && account.address.toLowerCase() === address.toLowerCase();
}

/** The namespace of CAIP-2; of others than EVM, an address belongs to one network only. */
function familyOf(network: NetworkId): string {
  return network.startsWith("eip155:") ? "eip155" : network;
}

export const registrationKind: AggregateKind<Registration, RegistrationEvent> = {
  name: "registration",
  initial: { status: "unknown" },
  evolve,
  upcasters: [],
  indexes: [],
};
