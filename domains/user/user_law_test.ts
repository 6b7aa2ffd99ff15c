import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Decision, Instant, UserId } from "../shared/mod.ts";
import { accountOf, proof, walletOf } from "./_world_test.ts";
import { changePermissions, changeRoles, reactivateUser, suspendUser } from "./administration.ts";
import { type ClaimedIdentity, claimIdentity, type IdentityEvent, identityKind } from "./identity.ts";
import { type Permission, type Role, roles } from "./permissions.ts";
import { changeSettings, riskProfiles, themes } from "./settings.ts";
import { decideCounted, type SuperAdmins, superAdminsKind } from "./super_admins.ts";
import {
  changeProfile,
  endSessions,
  evolve,
  registerUser,
  rightsOf,
  signIn,
  type User,
  type UserEvent,
} from "./user.ts";

const at = "2026-11-23T00:00:00.000Z" as Instant;
const account = accountOf(walletOf(2));
const role = fc.constantFrom<Role>("user", "admin", "auditor", "super_admin");
const permission = fc.constantFrom<Permission>("user:grant", "play:draft", "task:read", "order:write");
const administrator = fc
  .subarray([...roles.super_admin.permissions] as Permission[])
  .map((permissions) => ({ by: "u9" as UserId, permissions: new Set(permissions), proof }));
const omnipotent = { by: "u9" as UserId, permissions: new Set<Permission>(roles.super_admin.permissions), proof };
const who = fc.oneof(administrator, fc.constant(omnipotent));
const few = { maxLength: 3 };

type Command = (user: User) => Decision<UserEvent, string>;

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.array(role, few).map(
    (held): Command =>
      (user) =>
        registerUser(user, { account, roles: held, at }),
  ),
  fc.constantFrom("s1", "s2").map(
    (session): Command =>
      (user) =>
        signIn(user, { session, method: "siwe", account, at }),
  ),
  fc.constantFrom("", "Ada", "Bo").map(
    (name): Command =>
      (user) =>
        changeProfile(user, name),
  ),
  fc
    .record(
      {
        currency: fc.constantFrom("EUR", "USD", "NOPE", null),
        theme: fc.constantFrom(...themes, null),
        riskProfile: fc.constantFrom(...riskProfiles, null),
      },
      { requiredKeys: [] },
    )
    .map(
      (patch): Command =>
        (user) =>
          changeSettings(user, patch),
    ),
  fc.tuple(fc.array(role, few), who).map(
    ([held, by]): Command =>
      (user) =>
        changeRoles(user, { roles: held, ...by }),
  ),
  fc.tuple(fc.array(permission, few), fc.array(permission, few), who).map(
    ([granted, denied, by]): Command =>
      (user) =>
        changePermissions(user, { granted, denied, ...by }),
  ),
  who.map(
    (by): Command =>
      (user) =>
        suspendUser(user, { reason: "why", at, ...by }),
  ),
  who.map(
    (by): Command =>
      (user) =>
        reactivateUser(user, { reason: "why", at, ...by }),
  ),
);

test("in any order, a command that was accepted records nothing the second time, and a denial always wins", () => {
  const law = fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
    let user: User = { status: "absent" };
    for (const decide of commands) {
      const decision = decide(user);
      if (!decision.ok) continue;
      user = decision.events.reduce(evolve, user);
      expect(decide(user)).toEqual({ ok: true, events: [] });
      if (user.status === "absent") throw new Error("An accepted command left nobody");
      const rights = rightsOf(user);
      for (const denied of user.denied) expect(rights.has(denied)).toBe(false);
    }
  });
  fc.assert(law, { seed: 11, numRuns: 500 });
});

test("ended sessions change nothing of the user", () => {
  const user = [{ type: "UserRegistered", account, roles: ["user"], at } as UserEvent].reduce(evolve, {
    status: "absent",
  } as User);
  const ended = endSessions(user, { sessions: ["s1"], reason: "signed-out" });
  expect(ended.ok && ended.events.reduce(evolve, user)).toEqual(user);
});

test("whoever claims an account, in any order and again and again, its first owner keeps it", () => {
  const law = fc.property(fc.array(fc.constantFrom("u1", "u2", "u3"), { minLength: 1 }), (claimants) => {
    let identity: ClaimedIdentity = identityKind.initial;
    for (const user of claimants) {
      const decision = claimIdentity(identity, user as UserId);
      const events: readonly IdentityEvent[] = decision.ok ? decision.events : [];
      identity = events.reduce(identityKind.evolve, identity);
    }
    expect(identity).toEqual({ status: "claimed", user: claimants[0] as UserId });
  });
  fc.assert(law, { seed: 12 });
});

test("whatever is decided about whom, the super admins are who is counted, and the last one stays", () => {
  const step = fc.tuple(fc.constantFrom("u1", "u2", "u3"), command);
  const law = fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const users = new Map<string, User>();
    let admins: SuperAdmins = superAdminsKind.initial;
    for (const [id, decide] of steps) {
      const user = users.get(id) ?? { status: "absent" };
      const decided = decideCounted(admins, id as UserId, user, decide(user));
      if (!decided.ok) continue;
      const before = admins.users.length;
      users.set(id, decided.events.user.reduce(evolve, user));
      admins = decided.events.admins.reduce(superAdminsKind.evolve, admins);
      expect(before > 0 && admins.users.length === 0).toBe(false);
    }
    const inPower = [...users].filter(
      ([, user]) => user.status === "active" && user.roles.super_admin === "held" && user.denied.length === 0,
    );
    expect([...admins.users].toSorted()).toEqual(inPower.map(([id]) => id as UserId).toSorted());
  });
  fc.assert(law, { seed: 13, numRuns: 1000 });
});
