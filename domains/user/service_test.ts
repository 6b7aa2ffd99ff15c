import { expect, test } from "bun:test";
import { accountOf, causeOf, createUsers, proof, walletOf } from "./_world_test.ts";

/** A super admin, and somebody else. */
async function staffed() {
  const world = await createUsers();
  const [boss, other] = [await world.signIn(1), await world.signIn(2)];
  const revisionOf = async (id: string) => (await world.users.load(id)).revision;
  return { ...world, boss, other, revisionOf };
}

test("a suspended user's live token is good for nothing at once, and not again after reactivation", async () => {
  const { service, boss, other, signIn } = await staffed();
  expect(await service.accessOf(other.accessToken)).toBeDefined();
  expect(await service.suspend(other.id, "Chargeback", proof, boss.cause)).toMatchObject({ ok: true });
  expect(await service.accessOf(other.accessToken)).toBeUndefined();
  expect(await service.refresh(other.refreshToken, { correlation: "c1" })).toMatchObject({ ok: false });
  await service.reactivate(other.id, "Settled", proof, boss.cause);
  expect(await service.accessOf(other.accessToken)).toBeUndefined();
  expect(await service.accessOf((await signIn(2)).accessToken)).toBeDefined();
});

test("a session that outlived its user's suspension is good for nothing", async () => {
  const { service, boss, other, sessions } = await staffed();
  const [session] = (await sessions.find({ where: { user: other.id }, limit: 1 })).items;
  await service.suspend(other.id, "Chargeback", proof, boss.cause);
  if (session) await sessions.put(session.id, session.value, 0);
  expect(await service.accessOf(other.accessToken)).toBeUndefined();
  const refused = { ok: false, refusal: "user-suspended" } as const;
  expect(await service.refresh(other.refreshToken, { correlation: "c1" })).toEqual(refused);
});

test("a change of roles and permissions acts on a live token at once", async () => {
  const { service, boss, other, revisionOf } = await staffed();
  const allowed = async () => [...((await service.accessOf(other.accessToken))?.permissions ?? [])];
  expect(await allowed()).toEqual([]);
  await service.changeRoles(other.id, await revisionOf(other.id), ["auditor"], proof, boss.cause);
  expect(await allowed()).toContain("audit:read");
  const change = { granted: ["play:draft"], denied: ["audit:read"] } as const;
  await service.changePermissions(other.id, await revisionOf(other.id), change, proof, boss.cause);
  expect(await allowed()).not.toContain("audit:read");
  expect(await allowed()).toContain("play:draft");
});

test("whoever decides does so with what they may do now", async () => {
  const { service, boss, other, revisionOf, signIn } = await staffed();
  const third = await signIn(3);
  const grant = { granted: ["user:grant"], denied: [] } as const;
  await service.changePermissions(other.id, await revisionOf(other.id), grant, proof, boss.cause);
  const reach = await service.changeRoles(third.id, await revisionOf(third.id), ["admin"], proof, other.cause);
  expect(reach).toEqual({ ok: false, refusal: "beyond-own-permissions" });
  const pass = await service.changePermissions(third.id, await revisionOf(third.id), grant, proof, other.cause);
  expect(pass).toMatchObject({ ok: true });
});

test("a change of rights is made on the revision that was read", async () => {
  const { service, boss, other, revisionOf } = await staffed();
  const seen = await revisionOf(other.id);
  expect(await service.changeRoles(other.id, seen, ["admin"], proof, boss.cause)).toMatchObject({ ok: true });
  const stale = { ok: false, refusal: "revision-stale" } as const;
  expect(await service.changeRoles(other.id, seen, ["user"], proof, boss.cause)).toEqual(stale);
});

test("the last super admin stays, whichever way they would go", async () => {
  const { service, boss, revisionOf } = await staffed();
  const last = { ok: false, refusal: "last-super-admin" } as const;
  const seen = await revisionOf(boss.id);
  expect(await service.changeRoles(boss.id, seen, ["admin"], proof, boss.cause)).toEqual(last);
  const denied = { granted: [], denied: ["user:grant"] } as const;
  expect(await service.changePermissions(boss.id, seen, denied, proof, boss.cause)).toEqual(last);
  expect(await service.suspend(boss.id, "Holiday", proof, boss.cause)).toEqual(last);
  expect(await revisionOf(boss.id)).toBe(seen);
});

test("of two super admins who depose each other at the same moment, one stays", async () => {
  const { service, boss, other, revisionOf } = await staffed();
  await service.changeRoles(other.id, await revisionOf(other.id), ["super_admin"], proof, boss.cause);
  const outcomes = await Promise.all([
    service.changeRoles(other.id, await revisionOf(other.id), ["user"], proof, boss.cause),
    service.changeRoles(boss.id, await revisionOf(boss.id), ["user"], proof, other.cause),
  ]);
  expect(outcomes.map(({ ok }) => ok).toSorted()).toEqual([false, true]);
  expect(outcomes).toContainEqual({ ok: false, refusal: "last-super-admin" });
});

test("users are listed newest first, by role, status and account", async () => {
  const { service, boss, other, signIn, revisionOf } = await staffed();
  const third = await signIn(3);
  await service.changeRoles(other.id, await revisionOf(other.id), ["user", "auditor"], proof, boss.cause);
  await service.suspend(third.id, "Chargeback", proof, boss.cause);
  const ids = async (filter: Parameters<typeof service.list>[0], limit = 10) =>
    (await service.list(filter, { limit })).items.map(({ id }) => id);
  expect(await ids({})).toEqual([third.id, other.id, boss.id]);
  expect(await ids({ role: "auditor" })).toEqual([other.id]);
  expect(await ids({ role: "user", status: "active" })).toEqual([other.id, boss.id]);
  expect(await ids({ status: "suspended" })).toEqual([third.id]);
  const account = accountOf(walletOf(2));
  expect(await ids({ account: account.toLowerCase() })).toEqual([other.id]);
  expect(await ids({ account, role: "auditor", status: "active" })).toEqual([other.id]);
  expect(await ids({ account, role: "admin" })).toEqual([]);
  expect(await ids({ account: accountOf(walletOf(9)) })).toEqual([]);
  expect(await ids({ account: "eip155:1:0x00" })).toEqual([]);

  const first = await service.list({}, { limit: 2 });
  const rest = await service.list({}, { limit: 2, after: first.next ?? "" });
  expect(rest.items.map(({ id }) => id)).toEqual([boss.id]);
});

test("who a token speaks for is nobody, where it is of no use any more", async () => {
  const { service, boss, other, pass } = await staffed();
  expect(await service.accessOf("")).toBeUndefined();
  const session = (await service.accessOf(other.accessToken))?.session ?? "";
  expect(await service.permissionsOf(other.id, session)).toEqual(new Set());
  expect(await service.permissionsOf(boss.id, session)).toBeUndefined();
  expect(await service.accessOf(other.refreshToken)).toBeUndefined();
  pass(600);
  expect(await service.accessOf(other.accessToken)).toBeUndefined();
});

test("settings and name are the user's own to change, on the revision that was read", async () => {
  const { service, other, revisionOf } = await staffed();
  const cause = causeOf(other.id);
  const named = await service.changeProfile(other.id, await revisionOf(other.id), "Ada", cause);
  expect(named).toMatchObject({ ok: true, state: { displayName: "Ada" } });
  const stale = await service.changeSettings(other.id, 1, { currency: "EUR" }, cause);
  expect(stale).toEqual({ ok: false, refusal: "revision-stale" });
  const set = await service.changeSettings(other.id, await revisionOf(other.id), { currency: "EUR" }, cause);
  expect(set).toMatchObject({ ok: true, state: { settings: { currency: "EUR" } } });
});
