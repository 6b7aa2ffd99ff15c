/**
 * The super admins in power: active, and denied nothing. One aggregate that is committed together with each user who comes
 * or goes, so that the last one stays whoever else leaves at the same moment.
 *
 * @module
 */
import type { AggregateKind } from "../../ports/mod.ts";
import { accept, type Decision, refuse, type UserId } from "../shared/mod.ts";
import { evolve, type User, type UserEvent } from "./user.ts";

export type SuperAdmins = { readonly users: readonly UserId[] };

export type SuperAdminsEvent =
  | { readonly type: "SuperAdminAdded"; readonly user: UserId }
  | { readonly type: "SuperAdminRemoved"; readonly user: UserId };

/** The id of the one aggregate of this kind. */
export const superAdminsId = "platform";

/** Keeps account of a user who is about to become `after`. */
export function countSuperAdmin(
  { users }: SuperAdmins,
  user: UserId,
  after: User,
): Decision<SuperAdminsEvent, "last-super-admin"> {
  const counted = users.includes(user);
  const counts = isInPower(after);
  if (counted === counts) return accept();
  if (counts) return accept<SuperAdminsEvent>({ type: "SuperAdminAdded", user });
  return users.length === 1
    ? refuse("last-super-admin")
    : accept<SuperAdminsEvent>({ type: "SuperAdminRemoved", user });
}

/** What is decided of a user, with what it means for the super admins: both are recorded, or neither. */
export function decideCounted<Refusal extends string>(
  admins: SuperAdmins,
  id: UserId,
  user: User,
  decision: Decision<UserEvent, Refusal>,
): CountedDecision<Refusal> {
  if (!decision.ok) return decision;
  const counted = countSuperAdmin(admins, id, decision.events.reduce(evolve, user));
  return counted.ok ? { ok: true, events: { user: decision.events, admins: counted.events } } : counted;
}

type CountedDecision<Refusal extends string> =
  | {
      readonly ok: true;
      readonly events: { readonly user: readonly UserEvent[]; readonly admins: readonly SuperAdminsEvent[] };
    }
  | { readonly ok: false; readonly refusal: Refusal | "last-super-admin" };

function isInPower(user: User): boolean {
  return user.status === "active" && user.roles.super_admin === "held" && user.denied.length === 0;
}

export const superAdminsKind: AggregateKind<SuperAdmins, SuperAdminsEvent> = {
  name: "super_admins",
  initial: { users: [] },
  evolve({ users }, { type, user }) {
    const others = users.filter((each) => each !== user);
    return { users: type === "SuperAdminAdded" ? [...others, user] : others };
  },
  upcasters: [],
  indexes: [],
};
