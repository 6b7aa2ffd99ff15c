import { expect, test } from "bun:test";
import type { Instant, UserId } from "../shared/mod.ts";
import { accountOf, proof, walletOf } from "./_world_test.ts";
import { changePermissions, changeRoles, reactivateUser, suspendUser } from "./administration.ts";
import { type Permission, type Role, roles } from "./permissions.ts";
import { evolve, type UserEvent, userKind } from "./user.ts";

const by = "u9" as UserId;
const at = "2026-11-23T00:00:00.000Z" as Instant;
const may = (...permissions: Permission[]) => ({ by, permissions: new Set(permissions), proof });
const superAdmin = may(...roles.super_admin.permissions);
const admin = may(...roles.admin.permissions, "user:grant");

const registered = (...held: Role[]): UserEvent => ({
  ...{ type: "UserRegistered", account: accountOf(walletOf(2)), roles: held, at },
});
const given = (...events: UserEvent[]) => events.reduce(evolve, userKind.initial);

test("changeRoles() replaces the roles, in the catalogue's order", () => {
  expect(changeRoles(given(registered("user")), { roles: ["auditor", "admin"], ...superAdmin })).toEqual({
    ok: true,
    events: [{ type: "RolesChanged", roles: ["admin", "auditor"], by, proof }],
  });
});

test("changeRoles() records nothing where the roles are these", () => {
  expect(changeRoles(given(registered("user", "admin")), { roles: ["admin", "user"], ...may() })).toEqual({
    ok: true,
    events: [],
  });
});

test("changeRoles() neither gives nor takes a role beyond one's own permissions", () => {
  const refused = { ok: false, refusal: "beyond-own-permissions" } as const;
  expect(changeRoles(given(registered("user")), { roles: ["super_admin"], ...admin })).toEqual(refused);
  expect(changeRoles(given(registered("super_admin")), { roles: ["user"], ...admin })).toEqual(refused);
  expect(changeRoles(given(registered("user")), { roles: ["user", "admin"], ...admin })).toMatchObject({ ok: true });
});

test("changePermissions() grants, denies and un-denies only what one has", () => {
  const user = given(registered("user"), {
    type: "PermissionsChanged",
    granted: [],
    denied: ["order:write"],
    by,
    proof,
  });
  const refused = { ok: false, refusal: "beyond-own-permissions" } as const;
  expect(changePermissions(user, { granted: ["order:write"], denied: ["order:write"], ...admin })).toEqual(refused);
  expect(changePermissions(user, { granted: [], denied: [], ...admin })).toEqual(refused);
  expect(changePermissions(user, { granted: ["task:read"], denied: ["order:write"], ...admin })).toEqual({
    ok: true,
    events: [{ type: "PermissionsChanged", granted: ["task:read"], denied: ["order:write"], by, proof }],
  });
  expect(changePermissions(user, { granted: [], denied: ["order:write"], ...may() })).toEqual({ ok: true, events: [] });
});

test("suspendUser() and reactivateUser() act once", () => {
  const reason = "Chargeback";
  const suspended: UserEvent = { type: "UserSuspended", reason, by, proof, at };
  const reactivated: UserEvent = { type: "UserReactivated", reason, by, proof, at };
  const user = given(registered("user"));
  const command = { reason, at, ...admin };
  expect(suspendUser(user, command)).toEqual({ ok: true, events: [suspended] });
  expect(suspendUser(evolve(user, suspended), command)).toEqual({ ok: true, events: [] });
  expect(reactivateUser(evolve(user, suspended), command)).toEqual({ ok: true, events: [reactivated] });
  expect(reactivateUser(user, command)).toEqual({ ok: true, events: [] });
});

test("suspendUser() and reactivateUser() spare whoever may more", () => {
  const refused = { ok: false, refusal: "beyond-own-permissions" } as const;
  const command = { reason: "Coup", at, ...may(...roles.admin.permissions) };
  const boss = given(registered("super_admin"));
  expect(suspendUser(boss, command)).toEqual(refused);
  const away = evolve(boss, { type: "UserSuspended", reason: "Lost key", by, proof, at });
  expect(reactivateUser(away, command)).toEqual(refused);
});

test("nobody decides about a user who is not there", () => {
  const refused = { ok: false, refusal: "user-not-found" } as const;
  expect(changeRoles(given(), { roles: [], ...superAdmin })).toEqual(refused);
  expect(changePermissions(given(), { granted: [], denied: [], ...superAdmin })).toEqual(refused);
  expect(suspendUser(given(), { reason: "?", at, ...superAdmin })).toEqual(refused);
});
