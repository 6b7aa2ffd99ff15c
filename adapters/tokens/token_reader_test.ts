import { expect, test } from "bun:test";
import { base64url, exportJWK, generateKeyPair } from "jose";
import type { Instant, UserId } from "../../domains/shared/mod.ts";
import type { PublicKey } from "../../domains/user/mod.ts";
import { ServiceUnreachable, type Vault } from "../../ports/mod.ts";
import { createStores, openDatabase } from "../sqlite/mod.ts";
import { createTokenReader, keySetKind, openAccessTokens, signingKeysKind } from "./mod.ts";

const [issuer, audience] = ["https://api.example.org", "https://api.example.org"];
const claims = { user: "u1" as UserId, session: "s1" };
const clock = () => "2026-11-23T00:00:00.000Z" as Instant;
const openly: Vault = {
  seal: async (_purpose, plain) => ({ key: "k", nonce: "n", ciphertext: base64url.encode(plain) }),
  open: async (_purpose, { ciphertext }) => base64url.decode(ciphertext),
};

async function world() {
  const { records } = createStores(openDatabase(":memory:"), clock);
  const keys = records(signingKeysKind);
  const open = () =>
    openAccessTokens({ keys, vault: openly, issuer, audience, clock, newId: () => Bun.randomUUIDv7() });
  const asked = { times: 0, down: false, now: 0 };
  async function fetchKeys(): Promise<readonly PublicKey[]> {
    asked.times++;
    if (asked.down) throw new ServiceUnreachable("It is down");
    return (await open()).publicKeys();
  }
  const kept = records(keySetKind);
  const reader = () =>
    createTokenReader({ fetchKeys, kept, issuer, audience, clock, log: () => {}, now: () => asked.now });

  /** Another key signs from now on, and those before are still good. */
  async function rotate(): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
    const [{ x = "" }, { d = "" }] = [await exportJWK(publicKey), await exportJWK(privateKey)];
    const kid = Bun.randomUUIDv7();
    const made = {
      publicKey: { kty: "OKP", crv: "Ed25519", x, kid, alg: "EdDSA", use: "sig" },
      sealed: await openly.seal("", base64url.decode(d)),
    } as const;
    const stored = await keys.get("access-tokens");
    if (stored) await keys.put("access-tokens", { keys: [...stored.value.keys, made] }, stored.revision);
  }
  return { open, asked, reader, rotate };
}

test("tokens are read with keys that were fetched once, whoever reads first", async () => {
  const { open, asked, reader } = await world();
  const token = await (await open()).issue(claims, 600);
  const { read } = reader();
  expect(await Promise.all([read(token), read(token), read(token)])).toEqual([claims, claims, claims]);
  expect(await read(`${token.slice(0, -2)}${token.endsWith("Ag") ? "gA" : "Ag"}`)).toBeUndefined();
  expect(asked.times).toBe(1);
});

test("while the issuer is down the keys of the last time are good, also after a start", async () => {
  const { open, asked, reader } = await world();
  const token = await (await open()).issue(claims, 600);
  const before = reader();
  await before.read(token);
  asked.down = true;
  asked.now = 3_600_000;
  expect(await before.read(await (await open()).issue(claims, 60))).toEqual(claims);
  expect(await reader().read(token)).toEqual(claims);
});

test("without any keys it is an outage, and no forged token", async () => {
  const { open, asked, reader } = await world();
  asked.down = true;
  const { read } = reader();
  const token = await (await open()).issue(claims, 600);
  await expect(read(token)).rejects.toBeInstanceOf(ServiceUnreachable);
  asked.down = false;
  expect(await read(token)).toEqual(claims);
});

test("a new key is fetched when a token first names it; ten thousand that there never were cost one more at most", async () => {
  const { open, asked, reader, rotate } = await world();
  const { read } = reader();
  await read(await (await open()).issue(claims, 600));
  await rotate();
  asked.now = 31_000;
  const token = await (await open()).issue(claims, 600);
  expect(await read(token)).toEqual(claims);
  expect(asked.times).toBe(2);
  const [, payload = "", signature = ""] = token.split(".");
  for (let count = 0; count < 10_000; count++) {
    const header = base64url.encode(JSON.stringify({ alg: "EdDSA", typ: "at+jwt", kid: `made-up-${count}` }));
    expect(await read(`${header}.${payload}.${signature}`)).toBeUndefined();
  }
  expect(asked.times).toBe(2);
  asked.now = 62_000;
  await read(`${base64url.encode(JSON.stringify({ alg: "EdDSA", typ: "at+jwt", kid: "x" }))}.${payload}.${signature}`);
  expect(asked.times).toBe(3);
});
