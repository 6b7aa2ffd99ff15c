import { expect, test } from "bun:test";
import { createUsers, walletOf } from "./_world_test.ts";

const correlation = { correlation: "c1" };

test("a refresh token is good once, and gives the next", async () => {
  const { service, signIn } = await createUsers();
  const { refreshToken, id } = await signIn(2);
  const first = await service.refresh(refreshToken, correlation);
  if (!first.ok) throw new Error(first.refusal);
  expect(first.user.id).toBe(id);
  expect(first.tokens.refreshToken).not.toBe(refreshToken);
  expect(await service.accessOf(first.tokens.accessToken)).toBeDefined();
  expect(await service.refresh(first.tokens.refreshToken, correlation)).toMatchObject({ ok: true });
});

test("using an older refresh token again ends the session, for its thief and its owner", async () => {
  const { service, signIn, users } = await createUsers();
  const { refreshToken, accessToken, id } = await signIn(2);
  const next = await service.refresh(refreshToken, correlation);
  if (!next.ok) throw new Error(next.refusal);
  expect(await service.refresh(refreshToken, correlation)).toEqual({ ok: false, refusal: "refresh-token-reused" });
  const invalid = { ok: false, refusal: "refresh-token-invalid" } as const;
  expect(await service.refresh(next.tokens.refreshToken, correlation)).toEqual(invalid);
  expect(await service.accessOf(accessToken)).toBeUndefined();
  expect(await service.accessOf(next.tokens.accessToken)).toBeUndefined();
  expect((await users.load(id)).revision).toBe(3);
});

test("of those who refresh with one token at once, one gets the next, and it is good", async () => {
  const { service, signIn } = await createUsers();
  const { refreshToken } = await signIn(2);
  const outcomes = await Promise.all(Array.from({ length: 50 }, () => service.refresh(refreshToken, correlation)));
  const [winner, ...others] = outcomes.filter(({ ok }) => ok);
  expect(others).toEqual([]);
  if (!winner?.ok) throw new Error("nobody");
  expect(await service.refresh(winner.tokens.refreshToken, correlation)).toMatchObject({ ok: true });
});

test("a made-up refresh token ends nobody's session, even with the session's id", async () => {
  const { service, signIn } = await createUsers();
  const { refreshToken } = await signIn(2);
  const [id, family, secret] = refreshToken.split(".");
  const made = "0".repeat(64);
  for (const token of ["", "x", `${id}.${made}.${made}`, `${id}.${made}.${secret}`, `${made}.${family}.${secret}`]) {
    expect(await service.refresh(token, correlation)).toEqual({ ok: false, refusal: "refresh-token-invalid" });
  }
  expect(await service.refresh(refreshToken, correlation)).toMatchObject({ ok: true });
});

test("neither tokens nor their secrets are kept, in sessions or in the journal", async () => {
  const { service, signIn, sessions, stores } = await createUsers();
  const { refreshToken, accessToken, id } = await signIn(2);
  const refreshed = await service.refresh(refreshToken, correlation);
  if (!refreshed.ok) throw new Error(refreshed.refusal);
  const kept = JSON.stringify([
    await sessions.find({ where: {}, limit: 10 }),
    await stores.journal.read({ kind: "user", aggregate: id, limit: 100 }),
  ]);
  const parts = [...refreshToken.split(".").slice(1), ...refreshed.tokens.refreshToken.split(".").slice(1)];
  for (const secret of [...parts, accessToken]) expect(kept).not.toContain(secret);
});

test("a session ends after thirty days, refreshed or not", async () => {
  const { service, signIn, pass } = await createUsers();
  const { refreshToken } = await signIn(2);
  pass(29 * 86_400);
  const refreshed = await service.refresh(refreshToken, correlation);
  if (!refreshed.ok) throw new Error(refreshed.refusal);
  pass(86_400);
  expect(await service.refresh(refreshed.tokens.refreshToken, correlation)).toMatchObject({ ok: false });
  expect(await service.accessOf(refreshed.tokens.accessToken)).toBeUndefined();
});

test("devices are listed, and signed out: one, or all others", async () => {
  const { service, signIn } = await createUsers();
  const devices = [await signIn(2), await signIn(2), await signIn(2)];
  const [first, second, third] = devices;
  if (!first || !second || !third) throw new Error("missing");
  const access = await service.accessOf(second.accessToken);
  const { items } = await service.listSessions(first.id, access?.session ?? "", { limit: 10 });
  expect(items.map(({ current }) => current)).toEqual([false, true, false]);
  expect(JSON.stringify(items)).not.toMatch(/[0-9a-f]{64}/);

  expect(await service.endSession(first.id, items[2]?.id ?? "", first.cause)).toEqual({ ok: true });
  expect(await service.accessOf(first.accessToken)).toBeUndefined();
  expect(await service.endSession(first.id, items[2]?.id ?? "", first.cause)).toMatchObject({ ok: false });

  await service.endOtherSessions(second.id, access?.session ?? "", second.cause);
  expect(await service.accessOf(second.accessToken)).toBeDefined();
  expect(await service.accessOf(third.accessToken)).toBeUndefined();
});

test("nobody ends another's session", async () => {
  const { service, signIn } = await createUsers();
  const [mine, theirs] = [await signIn(2), await signIn(3)];
  const session = (await service.accessOf(theirs.accessToken))?.session ?? "";
  const refused = { ok: false, refusal: "session-not-found" } as const;
  expect(await service.endSession(mine.id, session, mine.cause)).toEqual(refused);
  expect(await service.accessOf(theirs.accessToken)).toBeDefined();
});

test("forgetExpired() forgets what is over, and nothing else", async () => {
  const { service, sign, signIn, pass, nonces, sessions, stepUps } = await createUsers();
  const old = await signIn(2);
  const asked = { action: "play.approve", digest: "ab".repeat(32) };
  await service.createStepUp(old.id, await sign(walletOf(2), asked));
  await sign(walletOf(2));
  pass(30 * 86_400 + 1);
  const young = await signIn(2);
  await service.forgetExpired();
  expect((await nonces.find({ where: {}, limit: 10 })).items).toEqual([]);
  expect((await stepUps.find({ where: {}, limit: 10 })).items).toEqual([]);
  expect((await sessions.find({ where: {}, limit: 10 })).items).toHaveLength(1);
  expect(await service.accessOf(young.accessToken)).toBeDefined();
});
