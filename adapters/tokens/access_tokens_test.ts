import { expect, test } from "bun:test";
import {
  base64url,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  jwtVerify,
  SignJWT,
} from "jose";
import type { Instant, UserId } from "../../domains/shared/mod.ts";
import { SealBroken, type Vault } from "../../ports/mod.ts";
import { createStores, openDatabase } from "../sqlite/mod.ts";
import { newSecret, openAccessTokens, signingKeysKind } from "./mod.ts";

const issuer = "https://api.example.org";
const audience = "https://api.example.org";
const claims = { user: "u1" as UserId, session: "s1" };
const start = Date.parse("2026-11-23T00:00:00.000Z");

/** Opens for the same purpose only; `secrets` is what it has sealed. */
function createVault() {
  const secrets: { readonly purpose: string; readonly plain: Uint8Array }[] = [];
  const vault: Vault = {
    async seal(purpose, plain) {
      const place = secrets.push({ purpose, plain }) - 1;
      return { key: "k1", nonce: `${place}`, ciphertext: "sealed" };
    },
    async open(purpose, { nonce }) {
      const found = secrets[Number(nonce)];
      if (found?.purpose !== purpose) throw new SealBroken(`Cannot open "${purpose}": it was not sealed for it`);
      return found.plain;
    },
  };
  return { vault, secrets };
}

async function world() {
  let now = start;
  const clock = () => new Date(now).toISOString() as Instant;
  const keys = createStores(openDatabase(":memory:"), clock).records(signingKeysKind);
  const { vault, secrets } = createVault();
  const open = () => openAccessTokens({ keys, vault, issuer, audience, clock, newId: () => Bun.randomUUIDv7() });
  const pass = (seconds: number) => {
    now += seconds * 1000;
  };
  return { keys, vault, secrets, open, pass };
}

test("a token is typed, short-lived, and names issuer, audience, user and session (RFC 9068)", async () => {
  const { open } = await world();
  const tokens = await open();
  const token = await tokens.issue(claims, 600);
  const [key] = await tokens.publicKeys();
  expect(decodeProtectedHeader(token)).toEqual({ alg: "EdDSA", typ: "at+jwt", kid: key?.kid ?? "" });
  const iat = start / 1000;
  const { jti, ...told } = decodeJwt(token);
  expect(told).toEqual({ iss: issuer, aud: audience, sub: "u1", sid: "s1", iat, exp: iat + 600 });
  expect(jti).toMatch(/^[0-9a-f-]{36}$/);
  expect(await tokens.read(token)).toEqual(claims);
});

test("others verify tokens with the public keys, which have no private half", async () => {
  const { open } = await world();
  const tokens = await open();
  const [key] = await tokens.publicKeys();
  expect(Object.keys(key ?? {}).toSorted()).toEqual(["alg", "crv", "kid", "kty", "use", "x"]);
  const verified = await jwtVerify(await tokens.issue(claims, 600), await importJWK({ ...key }, "EdDSA"), {
    ...{ issuer, audience, currentDate: new Date(start) },
  });
  expect(verified.payload.sub).toBe("u1");
});

test("a token ends when its time is over, also one that was read before", async () => {
  const { open, pass } = await world();
  const tokens = await open();
  const [read, unread] = [await tokens.issue(claims, 600), await tokens.issue(claims, 600)];
  pass(599);
  expect(await tokens.read(read)).toEqual(claims);
  pass(1);
  expect(await tokens.read(read)).toBeUndefined();
  expect(await tokens.read(unread)).toBeUndefined();
});

test("the key is made once, by whichever process comes first, and found at the next start", async () => {
  const { open } = await world();
  const opened = [...(await Promise.all([open(), open()])), await open()];
  const kids = await Promise.all(opened.map(async (each) => (await each.publicKeys()).map(({ kid }) => kid)));
  expect(kids).toEqual([kids[0], kids[0], kids[0]] as string[][]);
  const token = await opened[0]?.issue(claims, 600);
  for (const each of opened) expect(await each.read(token ?? "")).toEqual(claims);
});

test("the private half is kept sealed, for its own purpose", async () => {
  const { keys, open, secrets } = await world();
  const [key] = await (await open()).publicKeys();
  const kept = JSON.stringify(await keys.get("access-tokens"));
  expect(secrets.map(({ purpose }) => purpose)).toEqual([`signing_keys/access-tokens/${key?.kid}`]);
  expect(kept).not.toContain(base64url.encode(secrets[0]?.plain ?? ""));
  expect(kept).toContain('"ciphertext":"sealed"');
});

test("after a rotation the newest key signs, and earlier tokens are still good", async () => {
  const { keys, vault, open } = await world();
  const token = await (await open()).issue(claims, 600);
  const { publicKey, privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  const { x = "" } = await exportJWK(publicKey);
  const { d = "" } = await exportJWK(privateKey);
  const sealed = await vault.seal("signing_keys/access-tokens/second", base64url.decode(d));
  const stored = await keys.get("access-tokens");
  if (!stored) throw new Error("no key");
  const second = {
    publicKey: { kty: "OKP", crv: "Ed25519", x, kid: "second", alg: "EdDSA", use: "sig" },
    sealed,
  } as const;
  await keys.put("access-tokens", { keys: [...stored.value.keys, second] }, stored.revision);
  const rotated = await open();
  expect(await rotated.publicKeys()).toHaveLength(2);
  expect(await rotated.read(token)).toEqual(claims);
  const newer = await rotated.issue(claims, 600);
  expect(decodeProtectedHeader(newer).kid).toBe("second");
  expect(await rotated.read(newer)).toEqual(claims);
});

test("no forged token is read", async () => {
  const { open, secrets } = await world();
  const tokens = await open();
  const [publicKey] = await tokens.publicKeys();
  const kid = publicKey?.kid ?? "";
  const own = await tokens.issue(claims, 600);
  const [header = "", payload = "", signature = ""] = own.split(".");
  const text = (value: object) => base64url.encode(JSON.stringify(value));
  const told = decodeJwt(own);
  const stranger = await generateKeyPair("EdDSA", { crv: "Ed25519" });
  const sign = (key: CryptoKey | Uint8Array, head: object, body: object = told) =>
    new SignJWT({ ...body }).setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid, ...head }).sign(key);
  const spki = new TextEncoder().encode(publicKey?.x);
  const raw = base64url.decode(publicKey?.x ?? "");
  const d = base64url.encode(secrets[0]?.plain ?? "");
  const ours = await importJWK({ kty: "OKP", crv: "Ed25519", x: publicKey?.x ?? "", d }, "EdDSA");
  const forged = {
    "no algorithm": `${text({ alg: "none", typ: "at+jwt", kid })}.${payload}.`,
    "no algorithm, signed": `${text({ alg: "none", typ: "at+jwt", kid })}.${payload}.${signature}`,
    "HS256 with the public key": await sign(raw, { alg: "HS256" }),
    "HS256 with the public key's text": await sign(spki, { alg: "HS256" }),
    "another key": await sign(stranger.privateKey, {}),
    "another key, another id": await sign(stranger.privateKey, { kid: "other" }),
    "a key of its own in the header": await sign(stranger.privateKey, { jwk: await exportJWK(stranger.publicKey) }),
    "another issuer": await sign(ours, {}, { ...told, iss: "https://evil.example" }),
    "another audience": await sign(ours, {}, { ...told, aud: "https://other.example" }),
    "no audience": await sign(ours, {}, { ...told, aud: undefined }),
    "another type": await sign(ours, { typ: "JWT" }),
    "no type": await sign(ours, { typ: undefined }),
    "an unknown key id": await sign(ours, { kid: "unknown" }),
    expired: await sign(ours, {}, { ...told, exp: start / 1000 }),
    "no expiry": await sign(ours, {}, { ...told, exp: undefined }),
    "no session": await sign(ours, {}, { ...told, sid: undefined }),
    "a session that is no text": await sign(ours, {}, { ...told, sid: 7 }),
    "no user": await sign(ours, {}, { ...told, sub: undefined }),
    "another user": `${header}.${text({ ...told, sub: "u2" })}.${signature}`,
    "a changed signature": `${header}.${payload}.${signature.slice(0, -2)}${signature.endsWith("Ag") ? "gA" : "Ag"}`,
    "the signature in another spelling": `${header}.${payload}.${respelt(signature)}`,
    "no signature": `${header}.${payload}.`,
    "two parts": `${header}.${payload}`,
    "white space": `${own} `,
    nothing: "",
  };
  expect(await tokens.read(await sign(ours, {}))).toEqual(claims);
  for (const [how, token] of Object.entries(forged)) expect([how, await tokens.read(token)]).toEqual([how, undefined]);
});

/** The same bytes: the last digit's unused bits are set. */
function respelt(signature: string): string {
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const twin = signature.slice(0, -1) + digits[digits.indexOf(signature.at(-1) ?? "") + 1];
  expect(base64url.decode(twin)).toEqual(base64url.decode(signature));
  return twin;
}

test("newSecret() is 256 bits in hex, another one each time", () => {
  const secrets = Array.from({ length: 1000 }, newSecret);
  expect(new Set(secrets).size).toBe(1000);
  for (const secret of secrets) expect(secret).toMatch(/^[0-9a-f]{64}$/);
});
