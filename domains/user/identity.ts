/**
 * An identity: an account (CAIP-10) that one user claimed. Its id is the account, so that nobody else can claim it too.
 *
 * @module
 */
import type { AggregateKind } from "../../ports/mod.ts";
import { accept, type Decision, refuse, type UserId } from "../shared/mod.ts";

export type ClaimedIdentity = { readonly status: "unclaimed" } | { readonly status: "claimed"; readonly user: UserId };

export type IdentityEvent = { readonly type: "IdentityClaimed"; readonly user: UserId };

/** Claims the account for a user; whoever claimed it first keeps it. */
export function claimIdentity(
  identity: ClaimedIdentity,
  user: UserId,
): Decision<IdentityEvent, "identity-of-another-user"> {
  if (identity.status === "unclaimed") return accept<IdentityEvent>({ type: "IdentityClaimed", user });
  return identity.user === user ? accept() : refuse("identity-of-another-user");
}

export const identityKind: AggregateKind<ClaimedIdentity, IdentityEvent> = {
  name: "identity",
  initial: { status: "unclaimed" },
  evolve: (_identity, { user }) => ({ status: "claimed", user }),
  upcasters: [],
  indexes: [],
};
