import { t } from "elysia";
import {
  identityKind,
  type Permission,
  permissions,
  type Role,
  riskProfiles,
  roles,
  superAdminsKind,
  themes,
  userKind,
} from "../../domains/user/mod.ts";
import { account, choice, closed, id, instant, proof, reason, text, userId } from "./_parts.ts";
import { eventsOf } from "./_table.ts";

const held = t.Array(t.Unsafe<Role>({ type: "string", enum: Object.keys(roles) }));
const rights = t.Array(t.Unsafe<Permission>({ type: "string", enum: Object.keys(permissions) }));
const approved = { by: userId, proof };
const settings = closed({
  currency: t.Optional(text("USD", "ISO 4217")),
  language: t.Optional(text("en", "BCP 47")),
  timeZone: t.Optional(text("Europe/Berlin", "IANA")),
  theme: t.Optional(choice(...themes)),
  riskProfile: t.Optional(choice(...riskProfiles)),
});

export const userEvents = [
  eventsOf(userKind, "A user: registered at the first sign-in; roles, permissions, settings, sessions", {
    UserRegistered: { account, roles: held, at: instant },
    UserSignedIn: { session: id, method: choice("siwe"), account, at: instant },
    SessionsEnded: { sessions: t.Array(id), reason: choice("signed-out", "refresh-token-reused", "suspended") },
    ProfileChanged: { displayName: text("Ada") },
    SettingsChanged: { settings },
    RolesChanged: { roles: held, ...approved },
    PermissionsChanged: { granted: rights, denied: rights, ...approved },
    UserSuspended: { reason, at: instant, ...approved },
    UserReactivated: { reason, at: instant, ...approved },
  }),
  eventsOf(identityKind, "An account (CAIP-10) that one user claimed; it is the aggregate's id", {
    IdentityClaimed: { user: userId },
  }),
  eventsOf(superAdminsKind, "The super admins in power", {
    SuperAdminAdded: { user: userId },
    SuperAdminRemoved: { user: userId },
  }),
];
