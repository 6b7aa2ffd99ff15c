import { expect, test } from "bun:test";
import { accountOf, serveUsers, walletOf } from "./_users_test.ts";

async function staffed() {
  const world = await serveUsers();
  const [boss, other] = [await world.signIn(1), await world.signIn(2)];
  const etagOf = async (id: string) =>
    (await world.ask("GET", `/v1/users/${id}`, { token: boss.accessToken })).headers.get("etag") ?? "";
  /** Asks as the super admin, signing where that is needed. */
  const decide = (method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
    world.askSigning(1, method, path, { body, token: boss.accessToken, headers });
  return { ...world, boss, other, etagOf, decide };
}

test("you see yourself, and change your name on the revision that you read", async () => {
  const { ask, other } = await staffed();
  const token = other.accessToken;
  const me = await ask("GET", "/v1/users/me", { token });
  expect(me.body).toEqual(other.user);
  const etag = me.headers.get("etag") ?? "";
  const patch = (headers: Record<string, string>, displayName: unknown = "Ada") =>
    ask("PATCH", "/v1/users/me", { token, headers, body: { displayName } });
  expect((await patch({})).status).toBe(428);
  expect((await patch({ "if-match": '"99"' })).status).toBe(412);
  expect((await patch({ "if-match": etag }, "a\nb")).status).toBe(422);
  const changed = await patch({ "if-match": etag });
  expect([changed.status, changed.body.displayName]).toEqual([200, "Ada"]);
  expect(changed.headers.get("etag")).not.toBe(etag);
  expect((await patch({ "if-match": etag }, "Bo")).status).toBe(412);
});

test("settings are merged, and null takes a choice back", async () => {
  const { ask, other } = await staffed();
  const token = other.accessToken;
  const path = "/v1/users/me/settings";
  const first = await ask("GET", path, { token });
  expect(first.body).toEqual({ currency: "USD", language: "en", timeZone: "UTC", theme: "system" });
  let etag = first.headers.get("etag") ?? "";
  const patch = async (body: object) => {
    const answer = await ask("PATCH", path, { token, headers: { "if-match": etag }, body });
    etag = answer.headers.get("etag") ?? etag;
    return answer;
  };
  const chosen = { currency: "EUR", timeZone: "Europe/Zurich", riskProfile: "conservative", theme: "dark" };
  expect((await patch(chosen)).body).toEqual({ language: "en", ...chosen });
  const back = await patch({ theme: null, riskProfile: null });
  expect(back.body).toEqual({ currency: "EUR", language: "en", timeZone: "Europe/Zurich", theme: "system" });
  expect((await patch({ theme: "dark" })).body.theme).toBe("dark");
  expect((await patch({ currency: "CHF" })).body).toMatchObject({ currency: "CHF", theme: "dark" });
  for (const [body, kind] of [
    [{ currency: "QQQ" }, "currency-unknown"],
    [{ language: "de_CH" }, "language-malformed"],
    [{ timeZone: "Mars/Olympus" }, "time-zone-unknown"],
    [{ currency: "euro" }, "invalid-request"],
    [{ theme: "pink" }, "invalid-request"],
    [{ colour: "red" }, "invalid-request"],
  ] as const) {
    const answer = await patch(body);
    expect([answer.status, answer.body.type]).toEqual([422, `urn:lucent:problem:${kind}`]);
  }
  expect((await ask("PATCH", path, { token, body: { theme: "dark" } })).status).toBe(428);
});

test("users are seen by those who may", async () => {
  const { ask, boss, other, signIn, decide, etagOf } = await staffed();
  const token = boss.accessToken;
  const auditor = await signIn(3);
  const headers = { "if-match": await etagOf(auditor.user.id) };
  await decide("PUT", `/v1/users/${auditor.user.id}/roles`, { roles: ["auditor"] }, headers);
  await decide("POST", `/v1/users/${auditor.user.id}/suspend`, { reason: "Away" });
  expect((await ask("GET", "/v1/users", { token: other.accessToken })).status).toBe(403);
  expect((await ask("GET", "/v1/users")).status).toBe(401);
  const account = encodeURIComponent(accountOf(walletOf(2)));
  const { body } = await ask("GET", `/v1/users?account=${account}&status=active`, { token });
  expect(body.items.map(({ id }: { id: string }) => id)).toEqual([other.user.id]);
  const page = await ask("GET", "/v1/users?role=user&limit=1", { token });
  expect(page.body.items).toHaveLength(1);
  const rest = await ask("GET", `/v1/users?role=user&limit=1&after=${page.body.next}`, { token });
  expect([rest.body.items[0].id, rest.body.next]).toEqual([boss.user.id, undefined]);
  const all = await ask("GET", "/v1/users", { token });
  expect(all.body.items.map(({ id }: { id: string }) => id)).toEqual([auditor.user.id, other.user.id, boss.user.id]);
  expect((await ask("GET", "/v1/users?role=king", { token })).status).toBe(422);
  expect((await ask("GET", "/v1/users?after=made-up", { token })).status).toBe(400);
  expect((await ask("GET", `/v1/users/${Bun.randomUUIDv7()}`, { token })).status).toBe(404);
  expect((await ask("GET", "/v1/users/not-an-id", { token })).status).toBe(422);
});

test("roles are changed by a signature over just this change, once", async () => {
  const { ask, sign, boss, other, etagOf } = await staffed();
  const path = `/v1/users/${other.user.id}/roles`;
  const token = boss.accessToken;
  const headers = { "if-match": await etagOf(other.user.id) };
  const body = { roles: ["user", "admin"] };
  const needed = await ask("PUT", path, { token, headers, body });
  expect([needed.status, needed.body.action]).toEqual([403, "user.roles"]);
  const { action, digest } = needed.body;
  const signed = await sign(walletOf(1), { action, digest });
  const { stepUp } = (await ask("POST", "/v1/auth/step-ups", { token, body: signed })).body;
  const signedHeaders = { ...headers, "lucent-step-up": stepUp };

  const more = { roles: ["user", "super_admin"] };
  expect((await ask("PUT", path, { token, headers: signedHeaders, body: more })).status).toBe(403);
  const elsewhere = `/v1/users/${boss.user.id}/roles`;
  expect((await ask("PUT", elsewhere, { token, headers: signedHeaders, body })).status).toBe(403);
  const done = await ask("PUT", path, { token, headers: signedHeaders, body });
  expect([done.status, done.body.roles]).toEqual([200, ["user", "admin"]]);
  expect(done.body.permissions).toContain("task:claim");
  const replayed = await ask("PUT", path, { token, headers: signedHeaders, body });
  expect([replayed.status, replayed.body.type]).toEqual([403, "urn:lucent:problem:step-up-needed"]);
});

test("roles, permissions and suspension act on tokens that are out", async () => {
  const { ask, other, etagOf, decide } = await staffed();
  const path = `/v1/users/${other.user.id}`;
  const token = other.accessToken;
  const reading = async () => (await ask("GET", "/v1/users", { token })).status;
  expect(await reading()).toBe(403);
  const seen = async () => ({ "if-match": await etagOf(other.user.id) });
  expect((await decide("PUT", `${path}/roles`, { roles: ["auditor"] }, await seen())).status).toBe(200);
  expect(await reading()).toBe(200);
  const change = { granted: ["play:draft"], denied: ["user:read"] };
  const changed = await decide("PUT", `${path}/permissions`, change, await seen());
  expect([changed.status, changed.body]).toMatchObject([200, change]);
  expect(await reading()).toBe(403);
  const reason = { reason: "Chargeback" };
  const suspended = await decide("POST", `${path}/suspend`, reason);
  expect([suspended.status, suspended.body.status]).toEqual([200, "suspended"]);
  expect(await reading()).toBe(401);
  const reactivated = await decide("POST", `${path}/reactivate`, { reason: "Settled" });
  expect([reactivated.status, reactivated.body.status]).toEqual([200, "active"]);
});

test("a change of rights without the permission, the revision or a known name is refused", async () => {
  const { ask, other, boss, decide, etagOf } = await staffed();
  const path = `/v1/users/${other.user.id}`;
  const put = (body: unknown) => ask("PUT", `${path}/roles`, { token: other.accessToken, body });
  expect((await put({ roles: ["super_admin"] })).status).toBe(403);
  expect((await decide("PUT", `${path}/roles`, { roles: ["admin"] })).status).toBe(428);
  expect((await decide("PUT", `${path}/roles`, { roles: ["admin"] }, { "if-match": '"1"' })).status).toBe(412);
  const headers = { "if-match": await etagOf(other.user.id) };
  expect((await decide("PUT", `${path}/roles`, { roles: ["king"] }, headers)).status).toBe(422);
  expect((await decide("PUT", `${path}/permissions`, { granted: ["all"], denied: [] }, headers)).status).toBe(422);
  const own = { "if-match": await etagOf(boss.user.id) };
  const last = await decide("PUT", `/v1/users/${boss.user.id}/roles`, { roles: ["user"] }, own);
  expect([last.status, last.body.type]).toEqual([409, "urn:lucent:problem:last-super-admin"]);
  const nobody = await decide("POST", `/v1/users/${Bun.randomUUIDv7()}/suspend`, { reason: "Who" });
  expect(nobody.status).toBe(404);
});

test("nobody grants what they lack", async () => {
  const { askSigning, other, decide, etagOf, signIn } = await staffed();
  const third = await signIn(3);
  const grant = { granted: ["user:grant", "user:read"], denied: [] };
  const seen = { "if-match": await etagOf(other.user.id) };
  expect((await decide("PUT", `/v1/users/${other.user.id}/permissions`, grant, seen)).status).toBe(200);
  const headers = { "if-match": await etagOf(third.user.id) };
  const answer = await askSigning(2, "PUT", `/v1/users/${third.user.id}/roles`, {
    ...{ token: other.accessToken, headers, body: { roles: ["admin"] } },
  });
  expect([answer.status, answer.body.type]).toEqual([403, "urn:lucent:problem:beyond-own-permissions"]);
});

test("the catalogue is for everyone who is signed in", async () => {
  const { ask, other } = await staffed();
  const token = other.accessToken;
  const roles = await ask("GET", "/v1/roles", { token });
  expect(roles.body.items.map(({ role }: { role: string }) => role)).toEqual([
    "user",
    "admin",
    "auditor",
    "super_admin",
  ]);
  const permissions = await ask("GET", "/v1/permissions", { token });
  expect(permissions.body.items).toHaveLength(31);
  expect(permissions.body.items[0]).toEqual({
    permission: "user:read",
    description: "See users, their roles and permissions",
  });
  expect((await ask("GET", "/v1/roles")).status).toBe(401);
});
