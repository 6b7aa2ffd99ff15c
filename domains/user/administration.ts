/**
 * What the team decides about a user: roles, permissions, suspension. Nobody gives, takes or overrules what they lack.
 *
 * @module
 */
import type { Proof } from "../../ports/mod.ts";
import { accept, type Decision, type Instant, refuse, type UserId } from "../shared/mod.ts";
import { type Permission, type Role, roles } from "./permissions.ts";
import { rightsOf, roleNames, rolesOf, type User, type UserEvent } from "./user.ts";

/** Who decides, what they may do themselves, and their signature for it. */
export type Administrator = {
  readonly by: UserId;
  readonly permissions: ReadonlySet<Permission>;
  readonly proof: Proof;
};

export type AdministrationRefusal = "user-not-found" | "beyond-own-permissions";

export type ChangeRoles = { readonly roles: readonly Role[] } & Administrator;

/** Replaces the roles. Whoever gives or takes one holds all its permissions. */
export function changeRoles(
  user: User,
  { roles: wanted, by, permissions, proof }: ChangeRoles,
): Decision<UserEvent, AdministrationRefusal> {
  if (user.status === "absent") return refuse("user-not-found");
  const changed = difference(rolesOf(user), wanted);
  if (changed.length === 0) return accept();
  const touched = changed.flatMap((role): readonly Permission[] => roles[role].permissions);
  if (!touched.every((permission) => permissions.has(permission))) return refuse("beyond-own-permissions");
  return accept<UserEvent>({
    type: "RolesChanged",
    roles: roleNames.filter((role) => wanted.includes(role)),
    by,
    proof,
  });
}

export type ChangePermissions = {
  readonly granted: readonly Permission[];
  readonly denied: readonly Permission[];
} & Administrator;

/** Replaces what is granted and denied on top of the roles. */
export function changePermissions(
  user: User,
  { granted, denied, by, permissions, proof }: ChangePermissions,
): Decision<UserEvent, AdministrationRefusal> {
  if (user.status === "absent") return refuse("user-not-found");
  const changed = [...difference(user.granted, granted), ...difference(user.denied, denied)];
  if (changed.length === 0) return accept();
  if (!changed.every((permission) => permissions.has(permission))) return refuse("beyond-own-permissions");
  return accept<UserEvent>({
    type: "PermissionsChanged",
    granted: [...new Set(granted)].toSorted(),
    denied: [...new Set(denied)].toSorted(),
    by,
    proof,
  });
}

export type Suspension = { readonly reason: string; readonly at: Instant } & Administrator;

/** Lets the user do nothing more. Only someone who may all that they may can do that. */
export function suspendUser(user: User, suspension: Suspension): Decision<UserEvent, AdministrationRefusal> {
  return settle(user, "suspended", "UserSuspended", suspension);
}

/** Gives a suspended user back what they had. */
export function reactivateUser(user: User, suspension: Suspension): Decision<UserEvent, AdministrationRefusal> {
  return settle(user, "active", "UserReactivated", suspension);
}

function settle(
  user: User,
  status: "active" | "suspended",
  type: "UserSuspended" | "UserReactivated",
  { reason, by, permissions, proof, at }: Suspension,
): Decision<UserEvent, AdministrationRefusal> {
  if (user.status === "absent") return refuse("user-not-found");
  if (!rightsOf(user).isSubsetOf(permissions)) return refuse("beyond-own-permissions");
  return user.status === status ? accept() : accept<UserEvent>({ type, reason, by, proof, at });
}

/** What is in one of the lists and not in both. */
function difference<T>(a: readonly T[], b: readonly T[]): readonly T[] {
  return [...new Set(a).symmetricDifference(new Set(b))];
}
