import { t } from "elysia";
import type { UserId } from "../../domains/shared/mod.ts";
import {
  type Permission,
  permissions,
  type RegisteredUser,
  type Role,
  riskProfiles,
  roles,
  themes,
  type User,
  userView,
} from "../../domains/user/mod.ts";
import type { Loaded } from "../../ports/mod.ts";
import { accountSchema, choice, idSchema, instantSchema, listOf } from "./_schemas.ts";
import { type Problem, ProblemError } from "./problems.ts";

export const roleNames = Object.keys(roles) as [Role, ...Role[]];
export const permissionNames = Object.keys(permissions) as [Permission, ...Permission[]];

export const roleSchema = choice(...roleNames);
export const permissionSchema = choice(...permissionNames);
export const statusSchema = choice("active", "suspended");

export const displayNameSchema = t.String({
  maxLength: 80,
  pattern: "^[^\\u0000-\\u001f\\u007f]*$",
  examples: ["Ada"],
  description: "Empty where there is none",
});

/** A user, as they and the team see them. */
export const userSchema = t.Object({
  id: idSchema,
  status: statusSchema,
  displayName: displayNameSchema,
  identities: listOf(t.Object({ account: accountSchema, since: instantSchema }), {
    description: "The accounts that sign in as this user; the first is the address of registration",
  }),
  roles: listOf(roleSchema),
  permissions: listOf(permissionSchema, { description: "What roles and grants give, without what is denied" }),
  granted: listOf(permissionSchema, { description: "On top of the roles" }),
  denied: listOf(permissionSchema, { description: "Whatever roles and grants say" }),
  registeredAt: instantSchema,
});

const currency = t.String({
  pattern: "^[A-Z]{3}$",
  maxLength: 3,
  examples: ["EUR"],
  description: "ISO 4217: what values are shown in",
});
const language = t.String({ minLength: 2, maxLength: 35, examples: ["de-CH"], description: "BCP 47" });
const timeZone = t.String({ minLength: 1, maxLength: 64, examples: ["Europe/Zurich"], description: "IANA" });
const theme = choice(...themes);
const riskProfile = choice(...riskProfiles);

export const settingsSchema = t.Object({ currency, language, timeZone, theme, riskProfile: t.Optional(riskProfile) });

/** A JSON merge patch (RFC 7396) of the settings. */
export const settingsPatchSchema = t.Object({
  currency: t.Optional(t.Union([currency, t.Null()])),
  language: t.Optional(t.Union([language, t.Null()])),
  timeZone: t.Optional(t.Union([timeZone, t.Null()])),
  theme: t.Optional(t.Union([theme, t.Null()])),
  riskProfile: t.Optional(t.Union([riskProfile, t.Null()])),
});

export const userNotFound = { "user-not-found": { status: 404, title: "No such user" } } as const satisfies Record<
  string,
  Problem
>;

/** The state of a user who is there; a problem where nobody is. */
export function registered({ state }: Loaded<User>): RegisteredUser {
  if (state.status === "absent") throw new ProblemError("user-not-found", userNotFound["user-not-found"]);
  return state;
}

/** A user as answers show them. */
export function shownUser(user: Loaded<User>) {
  return userView(user.id as UserId, registered(user));
}
