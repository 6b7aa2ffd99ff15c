import { Elysia, t } from "elysia";
import type { UserId } from "../../domains/shared/mod.ts";
import {
  type AdministerUserRefusal,
  type ChangeProfileRefusal,
  type ChangeSettingsRefusal,
  permissions,
  roles,
  settingsView,
  type UserService,
} from "../../domains/user/mod.ts";
import {
  accountSchema,
  ifMatch,
  listOf,
  oneOf,
  pageOf,
  pageQuery,
  reasonSchema,
  revisionOf,
  revisionProblems,
  tagged,
} from "./_schemas.ts";
import {
  displayNameSchema,
  permissionNames,
  permissionSchema,
  registered,
  roleNames,
  roleSchema,
  settingsPatchSchema,
  settingsSchema,
  shownUser,
  statusSchema,
  userNotFound,
  userSchema,
} from "./_user_schemas.ts";
import { docs } from "./docs.ts";
import type { Guards } from "./guards.ts";
import { acceptedOr, type Problem } from "./problems.ts";

const profileRefusals: Record<ChangeProfileRefusal | keyof typeof revisionProblems, Problem> = {
  ...userNotFound,
  ...revisionProblems,
};

const settingsRefusals: Record<ChangeSettingsRefusal | keyof typeof revisionProblems, Problem> = {
  ...profileRefusals,
  "currency-unknown": { status: 422, title: "The currency is not one of ISO 4217" },
  "language-malformed": { status: 422, title: "The language is not a tag of BCP 47" },
  "time-zone-unknown": { status: 422, title: "The time zone is not one of IANA's" },
};

const rightsRefusals: Record<AdministerUserRefusal | keyof typeof revisionProblems, Problem> = {
  ...profileRefusals,
  "beyond-own-permissions": { status: 403, title: "Nobody gives, takes or overrules what they lack themselves" },
  "last-super-admin": { status: 409, title: "The last super admin stays one, active and denied nothing" },
};

const { "revision-missing": _missing, "revision-stale": _stale, ...suspensionRefusals } = rightsRefusals;

const filters = t.Object({
  role: t.Optional(roleSchema),
  status: t.Optional(statusSchema),
  account: t.Optional(accountSchema),
});

const permissionList = t.Array(permissionSchema, { uniqueItems: true, maxItems: 100 });

const catalogued = t.Object({ permission: permissionSchema, description: t.String({ examples: ["Draft plays"] }) });
const bundle = t.Object({
  role: roleSchema,
  description: t.String({ examples: ["Sees everything, changes nothing"] }),
  permissions: listOf(permissionSchema),
});

/** Users: what they say of themselves, what the team decides about them, and the catalogue of roles and permissions. */
export function userRoutes(users: UserService, guards: Guards) {
  return new Elysia({ tags: ["Users"] })
    .use(guards)
    .get(
      "/v1/users/me",
      async ({ viewer, set }) => {
        const user = await users.user(viewer.user);
        return tagged(set, user.revision, shownUser(user));
      },
      {
        signedIn: true,
        response: { 200: userSchema },
        detail: docs("getMe", "You", userNotFound),
      },
    )
    .patch(
      "/v1/users/me",
      async ({ viewer, headers, body, cause, set }) => {
        const outcome = await users.changeProfile(viewer.user, revisionOf(headers), body.displayName, cause);
        const user = acceptedOr(outcome, profileRefusals);
        return tagged(set, user.revision, shownUser(user));
      },
      {
        signedIn: true,
        headers: ifMatch,
        body: t.Object({ displayName: displayNameSchema }),
        response: { 200: userSchema },
        detail: docs("changeMe", "Change how you are called", profileRefusals),
      },
    )
    .get(
      "/v1/users/me/settings",
      async ({ viewer, set }) => {
        const user = await users.user(viewer.user);
        return tagged(set, user.revision, settingsView(registered(user)));
      },
      {
        signedIn: true,
        response: { 200: settingsSchema },
        detail: docs("getSettings", "Your settings", userNotFound),
      },
    )
    .patch(
      "/v1/users/me/settings",
      async ({ viewer, headers, body, cause, set }) => {
        const outcome = await users.changeSettings(viewer.user, revisionOf(headers), body, cause);
        const user = acceptedOr(outcome, settingsRefusals);
        return tagged(set, user.revision, settingsView(registered(user)));
      },
      {
        signedIn: true,
        headers: ifMatch,
        body: settingsPatchSchema,
        response: { 200: settingsSchema },
        detail: docs(
          "changeSettings",
          "Change settings by JSON merge patch: null takes a choice back",
          settingsRefusals,
        ),
      },
    )
    .get(
      "/v1/users",
      async ({ query: { limit = 50, after, ...filter } }) => {
        const { items, ...next } = await users.list(filter, { limit, ...(after !== undefined && { after }) });
        return { items: items.map(shownUser), ...next };
      },
      {
        permission: "user:read",
        query: t.Composite([pageQuery, filters]),
        response: { 200: pageOf(userSchema) },
        detail: docs("listUsers", "Users, newest first"),
      },
    )
    .get(
      "/v1/users/:id",
      async ({ params, set }) => {
        const user = await users.user(params.id);
        return tagged(set, user.revision, shownUser(user));
      },
      {
        permission: "user:read",
        params: oneOf,
        response: { 200: userSchema },
        detail: docs("getUser", "A user", userNotFound),
      },
    )
    .put(
      "/v1/users/:id/roles",
      async ({ params, headers, body, proof, cause, set }) => {
        const id = params.id as UserId;
        const outcome = await users.changeRoles(id, revisionOf(headers), body.roles, proof, cause);
        const user = acceptedOr(outcome, rightsRefusals);
        return tagged(set, user.revision, shownUser(user));
      },
      {
        permission: "user:grant",
        stepUp: "user.roles",
        params: oneOf,
        headers: ifMatch,
        body: t.Object({ roles: t.Array(roleSchema, { uniqueItems: true, maxItems: 10 }) }),
        response: { 200: userSchema },
        detail: docs("changeRoles", "Replace a user's roles", rightsRefusals),
      },
    )
    .put(
      "/v1/users/:id/permissions",
      async ({ params, headers, body, proof, cause, set }) => {
        const id = params.id as UserId;
        const outcome = await users.changePermissions(id, revisionOf(headers), body, proof, cause);
        const user = acceptedOr(outcome, rightsRefusals);
        return tagged(set, user.revision, shownUser(user));
      },
      {
        permission: "user:grant",
        stepUp: "user.permissions",
        params: oneOf,
        headers: ifMatch,
        body: t.Object({ granted: permissionList, denied: permissionList }),
        response: { 200: userSchema },
        detail: docs("changePermissions", "Replace what a user is granted and denied on top of roles", rightsRefusals),
      },
    )
    .post(
      "/v1/users/:id/suspend",
      async ({ params, body, proof, cause, set }) => {
        const outcome = await users.suspend(params.id as UserId, body.reason, proof, cause);
        const user = acceptedOr(outcome, suspensionRefusals);
        return tagged(set, user.revision, shownUser(user));
      },
      {
        permission: "user:suspend",
        stepUp: "user.suspend",
        params: oneOf,
        body: t.Object({ reason: reasonSchema }),
        response: { 200: userSchema },
        detail: docs("suspendUser", "Suspend a user: their tokens are good for nothing at once", suspensionRefusals),
      },
    )
    .post(
      "/v1/users/:id/reactivate",
      async ({ params, body, proof, cause, set }) => {
        const outcome = await users.reactivate(params.id as UserId, body.reason, proof, cause);
        const user = acceptedOr(outcome, suspensionRefusals);
        return tagged(set, user.revision, shownUser(user));
      },
      {
        permission: "user:suspend",
        stepUp: "user.reactivate",
        params: oneOf,
        body: t.Object({ reason: reasonSchema }),
        response: { 200: userSchema },
        detail: docs("reactivateUser", "Let a suspended user in again", suspensionRefusals),
      },
    )
    .get("/v1/roles", () => ({ items: roleNames.map((role) => ({ role, ...roles[role] })) }), {
      signedIn: true,
      response: { 200: t.Object({ items: listOf(bundle) }) },
      detail: docs("listRoles", "Every role, and the permissions that it bundles"),
    })
    .get(
      "/v1/permissions",
      () => ({ items: permissionNames.map((permission) => ({ permission, description: permissions[permission] })) }),
      {
        signedIn: true,
        response: { 200: t.Object({ items: listOf(catalogued) }) },
        detail: docs("listPermissions", "Every permission, and what it allows"),
      },
    );
}
