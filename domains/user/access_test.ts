import { expect, test } from "bun:test";
import fc from "fast-check";
import { createStores, openDatabase } from "../../adapters/sqlite/mod.ts";
import { type Envelope, QuestionFailed, ServiceUnreachable } from "../../ports/mod.ts";
import type { AccountId, Instant, UserId } from "../shared/mod.ts";
import { type Access, accessKind, createAccess, follow, permissionsIn } from "./access.ts";
import type { Permission } from "./permissions.ts";
import { evolve, rightsOf, type User, type UserEvent, userKind } from "./user.ts";

const at = "2026-11-23T00:00:00.000Z" as Instant;
const registered: UserEvent = { type: "UserRegistered", account: "eip155:1:0x0" as AccountId, roles: ["user"], at };
const approved = { by: "u0" as UserId, proof: {} as never };
const ended = (...sessions: string[]): UserEvent => ({ type: "SessionsEnded", sessions, reason: "signed-out" });
const roles = (...held: ("user" | "admin")[]): UserEvent => ({ type: "RolesChanged", roles: held, ...approved });
const suspended: UserEvent = { type: "UserSuspended", reason: "r", at, ...approved };
const reactivated: UserEvent = { type: "UserReactivated", reason: "r", at, ...approved };
const permissions = (granted: Permission[], denied: Permission[]): UserEvent => ({
  ...{ type: "PermissionsChanged", granted, denied },
  ...approved,
});

const envelope = (event: UserEvent, revision: number): Envelope => ({
  ...{ id: `user/u1/${revision}`, kind: "user", aggregate: "u1", revision, schema: 1, at, event },
  cause: { actor: "u1" as UserId, correlation: "c" },
});

function open(events: readonly UserEvent[] = []) {
  const asked: { answer: ReadonlySet<Permission> | undefined; down: boolean; mistake: boolean; times: number } = {
    ...{ answer: undefined, down: false, mistake: false, times: 0 },
  };
  const accesses = createStores(openDatabase(":memory:"), () => at).records(accessKind);
  const access = createAccess({
    ...{ accesses, kind: userKind },
    async confirm() {
      asked.times++;
      if (asked.down) throw new ServiceUnreachable("down");
      if (asked.mistake) throw new QuestionFailed("There is no such question");
      return asked.answer;
    },
  });
  const learn = async () => {
    for (const [place, event] of events.entries()) await access.learn(envelope(event, place + 1));
  };
  const may = (session: string, needed?: Permission) => access.permissionsOf("u1" as UserId, session, needed);
  return { asked, access, learn, may };
}

test("roles, grants and denials allow what they allow with the user service, whatever comes again and how late", () => {
  const some = fc.constantFrom<Permission>("audit:read", "play:draft", "user:grant");
  const event = fc.oneof(
    fc.constant(roles("user")),
    fc.constant(roles("admin")),
    fc.constant(suspended),
    fc.constant(reactivated),
    fc.tuple(fc.array(some), fc.array(some)).map(([granted, denied]) => permissions(granted, denied)),
  );
  const law = fc.property(fc.array(event), fc.array(fc.nat()), (events, repeats) => {
    const all = [registered, ...events].map((event, place) => ({ event, revision: place + 1, at }));
    const user = all.reduce((user, { event }) => evolve(user, event), { status: "absent" } as User);
    let access: Access | undefined;
    for (const [place, news] of all.entries()) {
      access = follow(access, news);
      const again = all[(repeats[place] ?? 0) % (place + 1)];
      if (again) access = follow(access, again);
    }
    if (user.status === "absent" || !access) throw new Error("They are registered");
    const expected = user.status === "active" ? rightsOf(user) : undefined;
    expect(permissionsIn(access, "s1")).toEqual(expected);
  });
  fc.assert(law, { numRuns: 300 });
});

test("a session that was ended may nothing, others go on; it is forgotten once its tokens have expired", () => {
  const access = follow(follow(undefined, { event: registered, revision: 1, at }), {
    ...{ event: ended("s1"), revision: 2, at },
  });
  expect(permissionsIn(access, "s1")).toBeUndefined();
  expect(permissionsIn(access, "s2")).toEqual(new Set());
  const late = "2026-11-23T00:20:00.000Z" as Instant;
  expect(Object.keys(follow(access, { event: ended("s3"), revision: 3, at: late }).ended)).toEqual(["s3"]);
});

test("what is known to be allowed is allowed without asking", async () => {
  const { asked, learn, may } = open([registered, roles("admin")]);
  await learn();
  expect((await may("s1", "play:draft"))?.has("play:draft")).toBe(true);
  expect(asked.times).toBe(0);
});

test("a user who is not known yet, and a permission that is not, are asked for", async () => {
  const { asked, learn, may } = open([registered]);
  asked.answer = new Set<Permission>(["play:draft"]);
  expect(await may("s1")).toBe(asked.answer);
  await learn();
  expect(await may("s1")).toEqual(new Set());
  expect(await may("s1", "play:draft")).toBe(asked.answer);
});

test("while the user service is down what is known stands, and an unknown user is an outage", async () => {
  const { asked, learn, may } = open([registered, ended("s1")]);
  asked.down = true;
  await expect(may("s1")).rejects.toBeInstanceOf(ServiceUnreachable);
  await learn();
  expect(await may("s1")).toBeUndefined();
  expect(await may("s2", "audit:read")).toEqual(new Set());
});

test("a mistake in asking is not taken for silence", async () => {
  const { asked, learn, may } = open([registered]);
  asked.mistake = true;
  await learn();
  await expect(may("s1", "audit:read")).rejects.toThrow("There is no such question");
});

test("learning again changes nothing", async () => {
  const { access, learn, may } = open([registered, ended("s1"), suspended, reactivated]);
  await learn();
  await learn();
  await access.learn(envelope(suspended, 3));
  expect(await may("s2")).toEqual(new Set());
});
