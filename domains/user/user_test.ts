import { expect, test } from "bun:test";
import type { Instant, UserId } from "../shared/mod.ts";
import { accountOf, proof, walletOf } from "./_world_test.ts";
import { claimIdentity } from "./identity.ts";
import {
  changeProfile,
  endSessions,
  evolve,
  registerUser,
  rightsOf,
  signIn,
  type UserEvent,
  userKind,
} from "./user.ts";

const at = "2026-11-23T00:00:00.000Z" as Instant;
const by = "u9" as UserId;
const account = accountOf(walletOf(2));
const registered: UserEvent = { type: "UserRegistered", account, roles: ["user"], at };
const begin = { session: "s1", method: "siwe", account, at } as const;
const signedIn: UserEvent = { type: "UserSignedIn", ...begin };
const suspended: UserEvent = { type: "UserSuspended", reason: "Chargeback", by, proof, at };
const given = (...events: UserEvent[]) => events.reduce(evolve, userKind.initial);

test("registerUser() registers once", () => {
  const command = { account, roles: ["user"], at } as const;
  expect(registerUser(given(), command)).toEqual({ ok: true, events: [registered] });
  expect(registerUser(given(registered), command)).toEqual({ ok: true, events: [] });
});

test("signIn() begins a session, and records nothing the second time", () => {
  expect(signIn(given(registered), begin)).toEqual({ ok: true, events: [signedIn] });
  expect(signIn(given(registered, signedIn), begin)).toEqual({ ok: true, events: [] });
});

test("signIn() refuses whoever is suspended or unknown", () => {
  expect(signIn(given(registered, suspended), begin)).toEqual({ ok: false, refusal: "user-suspended" });
  expect(signIn(given(), begin)).toEqual({ ok: false, refusal: "user-not-found" });
});

test("endSessions() says which ended and why; of none it says nothing", () => {
  const ended = { sessions: ["s1"], reason: "signed-out" } as const;
  expect(endSessions(given(registered), ended)).toEqual({ ok: true, events: [{ type: "SessionsEnded", ...ended }] });
  expect(endSessions(given(registered), { ...ended, sessions: [] })).toEqual({ ok: true, events: [] });
});

test("changeProfile() records nothing where nothing changes", () => {
  expect(changeProfile(given(registered), "Ada")).toEqual({
    ok: true,
    events: [{ type: "ProfileChanged", displayName: "Ada" }],
  });
  expect(changeProfile(given(registered), "")).toEqual({ ok: true, events: [] });
});

test("claimIdentity() leaves the account with whoever came first", () => {
  const first = "u1" as UserId;
  expect(claimIdentity({ status: "unclaimed" }, first)).toEqual({
    ok: true,
    events: [{ type: "IdentityClaimed", user: first }],
  });
  expect(claimIdentity({ status: "claimed", user: first }, first)).toEqual({ ok: true, events: [] });
  expect(claimIdentity({ status: "claimed", user: first }, by)).toEqual({
    ok: false,
    refusal: "identity-of-another-user",
  });
});

test("rightsOf() follows grants and denials", () => {
  const changed: UserEvent = { type: "PermissionsChanged", granted: ["play:draft"], denied: ["task:read"], by, proof };
  const admin: UserEvent = { type: "RolesChanged", roles: ["admin"], by, proof };
  const user = given(registered, admin, changed);
  if (user.status === "absent") throw new Error("absent");
  expect(rightsOf(user).has("play:draft")).toBe(true);
  expect(rightsOf(user).has("task:read")).toBe(false);
});
