import { expect, test } from "bun:test";
import { createLocalJWKSet, jwtVerify } from "jose";
import { accountOf, serveUsers, walletOf } from "./_users_test.ts";
import { openApiOf } from "./openapi.ts";

const nonces = "/v1/auth/nonces";
const sessions = "/v1/auth/sessions";

test("a wallet signs in with the text that it was given", async () => {
  const { ask, sign } = await serveUsers();
  const issued = await ask("POST", nonces, { body: { account: accountOf(walletOf(2)) } });
  expect(issued.status).toBe(200);
  expect(issued.body.message).toContain(`Nonce: ${issued.body.nonce}`);
  const signed = await sign(walletOf(2));
  const answer = await ask("POST", sessions, { body: { method: "siwe", ...signed } });
  expect(answer.status).toBe(201);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.body).toMatchObject({
    ...{ tokenType: "Bearer", expiresIn: 600 },
    user: { status: "active", roles: ["user"], permissions: [], identities: [{ account: accountOf(walletOf(2)) }] },
  });
  expect((await ask("GET", "/v1/users/me", { token: answer.body.accessToken })).status).toBe(200);
  const again = await ask("POST", sessions, { body: { method: "siwe", ...signed } });
  expect([again.status, again.body.type]).toEqual([401, "urn:lucent:problem:nonce-unknown"]);
});

test("of 200 sign-ins with one text, one is answered with a session and none with a fault", async () => {
  const { ask, sign } = await serveUsers();
  const body = { method: "siwe", ...(await sign(walletOf(2))) };
  const answers = await Promise.all(Array.from({ length: 200 }, () => ask("POST", sessions, { body })));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(199).fill(401)]);
});

test("what is tampered with is refused without being echoed", async () => {
  const { ask, sign } = await serveUsers();
  const signed = await sign(walletOf(2));
  const stolen = { ...signed, signature: await walletOf(3).signMessage(signed.message) };
  const message = signed.message.replace("Chain ID: 31337", "Chain ID: 1");
  const moved = { ...signed, message, signature: await walletOf(2).signMessage(message) };
  for (const [body, kind] of [
    [stolen, "signature-invalid"],
    [{ ...signed, signature: "0x" }, "signature-invalid"],
    [moved, "nonce-unknown"],
    [{ ...signed, account: accountOf(walletOf(3)) }, "nonce-unknown"],
  ] as const) {
    const answer = await ask("POST", sessions, { body: { method: "siwe", ...body } });
    expect([answer.status, answer.body.type]).toEqual([401, `urn:lucent:problem:${kind}`]);
    expect(JSON.stringify(answer.body)).not.toContain(body.account);
  }
});

test("malformed requests are refused by form", async () => {
  const { ask, sign } = await serveUsers();
  const account = accountOf(walletOf(2));
  const signed = { method: "siwe", ...(await sign(walletOf(2))) };
  for (const [path, body, status] of [
    [nonces, {}, 422],
    [nonces, { account: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8" }, 422],
    [nonces, { account: "bip122:000000000019d6689c085ae165831e93:128Lkh3S7CkDTBZ8W7BbpsN3YYizJMp8p6" }, 422],
    [nonces, { account, action: "play.approve" }, 422],
    [nonces, { account, action: "play.approve\nNonce: 1", digest: "ab".repeat(32) }, 422],
    [nonces, { account, domain: "evil.example" }, 422],
    [sessions, { ...signed, method: "siws" }, 422],
    [sessions, { ...signed, message: 7 }, 422],
    [sessions, { ...signed, roles: ["super_admin"] }, 422],
    [`${sessions}/refresh`, {}, 422],
    [`${sessions}/refresh`, { refreshToken: "x".repeat(501) }, 422],
  ] as const) {
    expect([path, body, (await ask("POST", path, { body })).status]).toEqual([path, body, status]);
  }
});

test("a refresh token is rotated; its second use ends the session", async () => {
  const { ask, signIn } = await serveUsers();
  const { refreshToken } = await signIn(2);
  const refresh = (token: string) => ask("POST", `${sessions}/refresh`, { body: { refreshToken: token } });
  const next = await refresh(refreshToken);
  expect([next.status, Object.keys(next.body).toSorted()]).toEqual([
    200,
    ["accessToken", "expiresIn", "refreshToken", "tokenType", "user"],
  ]);
  const reused = await refresh(refreshToken);
  expect([reused.status, reused.body.type]).toEqual([401, "urn:lucent:problem:refresh-token-reused"]);
  expect((await refresh(next.body.refreshToken)).status).toBe(401);
  expect((await ask("GET", "/v1/users/me", { token: next.body.accessToken })).status).toBe(401);
});

test("of many who refresh at once one gets the next token, and keeps the session", async () => {
  const { ask, signIn } = await serveUsers();
  const body = { refreshToken: (await signIn(2)).refreshToken };
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask("POST", `${sessions}/refresh`, { body })));
  const [winner, ...others] = answers.filter(({ status }) => status === 200);
  expect(others).toEqual([]);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
  expect((await ask("GET", "/v1/users/me", { token: winner?.body.accessToken })).status).toBe(200);
});

test("devices are listed and signed out", async () => {
  const { ask, signIn } = await serveUsers();
  const [first, second, third] = [await signIn(2), await signIn(2), await signIn(2)];
  const stranger = await signIn(3);
  const token = first.accessToken;
  const listed = await ask("GET", `${sessions}?limit=2`, { token });
  expect(listed.body.items.map(({ current }: { current: boolean }) => current)).toEqual([false, false]);
  const rest = await ask("GET", `${sessions}?limit=2&after=${listed.body.next}`, { token });
  expect(rest.body).toMatchObject({ items: [{ current: true, method: "siwe" }] });
  const [{ id: newest }] = listed.body.items;

  expect((await ask("DELETE", `${sessions}/${newest}`, { token: stranger.accessToken })).status).toBe(404);
  expect((await ask("GET", sessions, { token: third.accessToken })).status).toBe(200);
  expect((await ask("DELETE", `${sessions}/${newest}`, { token })).status).toBe(204);
  expect((await ask("GET", sessions, { token: third.accessToken })).status).toBe(401);
  expect((await ask("DELETE", sessions, { token })).status).toBe(204);
  expect((await ask("GET", sessions, { token: second.accessToken })).status).toBe(401);
  expect((await ask("GET", sessions, { token })).status).toBe(200);
  expect((await ask("GET", sessions, { token: stranger.accessToken })).status).toBe(200);
});

test("a step-up is given for one's own signature only", async () => {
  const { ask, sign, signIn } = await serveUsers();
  const { accessToken: token } = await signIn(2);
  const asked = { action: "play.approve", digest: "ab".repeat(32) };
  const own = await ask("POST", "/v1/auth/step-ups", { body: await sign(walletOf(2), asked), token });
  expect([own.status, own.body]).toEqual([200, { stepUp: expect.stringMatching(/^[0-9a-f]{64}$/), expiresIn: 300 }]);
  const foreign = await ask("POST", "/v1/auth/step-ups", { body: await sign(walletOf(3), asked), token });
  expect([foreign.status, foreign.body.type]).toEqual([403, "urn:lucent:problem:identity-not-yours"]);
  const plain = await ask("POST", "/v1/auth/step-ups", { body: await sign(walletOf(2)), token });
  expect([plain.status, plain.body.type]).toEqual([403, "urn:lucent:problem:nonce-unknown"]);
  expect((await ask("POST", "/v1/auth/step-ups", { body: await sign(walletOf(2), asked) })).status).toBe(401);
});

test("the published keys verify access tokens, and say nothing private", async () => {
  const { ask, signIn } = await serveUsers();
  const { accessToken, user } = await signIn(2);
  const { status, body } = await ask("GET", "/.well-known/jwks.json");
  expect(status).toBe(200);
  expect(JSON.stringify(body)).not.toContain('"d"');
  const { payload } = await jwtVerify(accessToken, createLocalJWKSet(body), { typ: "at+jwt" });
  expect(payload.sub).toBe(user.id);
});

test("secrets are in no log and in no entry of the journal", async () => {
  const { ask, signIn, journal, logged } = await serveUsers();
  const { accessToken, refreshToken } = await signIn(2);
  await ask("POST", `${sessions}/refresh`, { body: { refreshToken } });
  await ask("POST", `${sessions}/refresh`, { body: { refreshToken } });
  const kept = JSON.stringify([logged, await journal.read({ limit: 100 })]);
  expect(kept).toContain("refresh-token-reused");
  for (const secret of [accessToken, ...refreshToken.split(".").slice(1)]) expect(kept).not.toContain(secret);
});

test("the OpenAPI document tells bodies, and the path with a dot", async () => {
  const { paths } = await openApiOf((await serveUsers()).server, "http://127.0.0.1:3000");
  const [signIn, keys] = [paths[sessions]?.post, paths["/.well-known/jwks.json"]?.get];
  expect(Object.keys(signIn?.requestBody?.content ?? {})).toEqual(["application/json"]);
  expect(Object.keys(signIn?.responses ?? {})).toContain("422");
  expect(keys?.operationId).toBe("publicKeys");
});
