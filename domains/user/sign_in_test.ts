import { expect, test } from "bun:test";
import type { UserId } from "../shared/mod.ts";
import { accountOf, causeOf, createUsers, walletOf } from "./_world_test.ts";

test("whoever signs the text is registered, and signed in", async () => {
  const { service, sign, users } = await createUsers();
  const outcome = await service.signIn({ ...(await sign(walletOf(2))), agent: "Firefox" }, "c1");
  if (!outcome.ok) throw new Error(outcome.refusal);
  expect(outcome.tokens).toMatchObject({ tokenType: "Bearer", expiresIn: 600 });
  const { revision, state } = await users.load(outcome.user.id);
  expect(revision).toBe(2);
  expect(state).toMatchObject({
    status: "active",
    roles: { user: "held" },
    identities: [{ account: accountOf(walletOf(2)) }],
  });
  expect(await service.accessOf(outcome.tokens.accessToken)).toMatchObject({ user: outcome.user.id as UserId });
});

test("an account named by the configuration, in whatever case, is a super admin from its first sign-in on", async () => {
  const { service, signIn, superAdmins } = await createUsers();
  const boss = await signIn(1);
  const access = await service.accessOf(boss.accessToken);
  expect(access?.permissions.has("user:grant")).toBe(true);
  expect((await superAdmins.load("platform")).state.users).toEqual([boss.id]);
});

test("a text signs in once: of 200 who present it at the same moment, one", async () => {
  const { service, sign, sessions } = await createUsers();
  const signed = { ...(await sign(walletOf(2))), agent: "test" };
  const outcomes = await Promise.all(Array.from({ length: 200 }, () => service.signIn(signed, "c1")));
  expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
  expect((await sessions.find({ where: {}, limit: 200 })).items).toHaveLength(1);
  expect(await service.signIn(signed, "c1")).toEqual({ ok: false, refusal: "nonce-unknown" });
});

test("two first sign-ins of one account at once make one user", async () => {
  const { service, sign, users } = await createUsers();
  const both = await Promise.all([sign(walletOf(2)), sign(walletOf(2))]);
  const outcomes = await Promise.all(both.map((signed) => service.signIn({ ...signed, agent: "test" }, "c1")));
  const ids = outcomes.map((outcome) => (outcome.ok ? outcome.user.id : outcome.refusal));
  expect(new Set(ids).size).toBe(1);
  expect((await users.find({ where: {}, limit: 10 })).items.map(({ id }) => id)).toEqual([ids[0] as string]);
});

test("a text signs in for five minutes", async () => {
  const { service, sign, pass } = await createUsers();
  const [early, late] = [await sign(walletOf(2)), await sign(walletOf(2))];
  pass(299);
  expect(await service.signIn({ ...early, agent: "" }, "c1")).toMatchObject({ ok: true });
  pass(1);
  expect(await service.signIn({ ...late, agent: "" }, "c1")).toEqual({ ok: false, refusal: "nonce-unknown" });
});

test("a text that was not handed out signs nobody in, however well it is signed", async () => {
  const { service, sign } = await createUsers();
  const wallet = walletOf(2);
  const { account, message } = await sign(wallet);
  for (const text of [
    message.replace("127.0.0.1:3000 wants", "evil.example wants"),
    message.replace("Chain ID: 31337", "Chain ID: 1"),
    message.replace(/Expiration Time: 2026/, "Expiration Time: 2036"),
    `${message}\n`,
    message.replaceAll("\n", "\r\n"),
    "Sign in to Lucent.",
    "",
  ]) {
    const signature = await wallet.signMessage(text);
    const outcome = await service.signIn({ account, message: text, signature, agent: "" }, "c1");
    expect(outcome).toEqual({ ok: false, refusal: "nonce-unknown" });
  }
});

test("nobody signs in as another account", async () => {
  const { service, sign } = await createUsers();
  const [victim, thief] = [walletOf(2), walletOf(3)];
  const signed = await sign(victim);
  const forged = { ...signed, signature: await thief.signMessage(signed.message), agent: "" };
  expect(await service.signIn(forged, "c1")).toEqual({ ok: false, refusal: "signature-invalid" });
  const own = { ...forged, account: accountOf(thief) };
  expect(await service.signIn(own, "c1")).toEqual({ ok: false, refusal: "nonce-unknown" });
  expect(await service.signIn({ ...signed, agent: "" }, "c1")).toMatchObject({ ok: true });
});

test("a text for a step-up signs nobody in", async () => {
  const { service, sign } = await createUsers();
  const asked = { action: "play.approve", digest: "ab".repeat(32) };
  const outcome = await service.signIn({ ...(await sign(walletOf(2), asked)), agent: "" }, "c1");
  expect(outcome).toEqual({ ok: false, refusal: "nonce-unknown" });
});

test("texts are made for accounts that can sign, and for whole requests", async () => {
  const { service } = await createUsers();
  const account = accountOf(walletOf(2));
  const unsupported = { ok: false, refusal: "account-unsupported" } as const;
  expect(await service.issueNonce("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp:7S3P4HxJpyyi")).toEqual(unsupported);
  expect(await service.issueNonce("eip155:1:0x70997970c51812dc3A010C7d01b50e0d17dc79C8")).toEqual(unsupported);
  const malformed = { ok: false, refusal: "step-up-request-malformed" } as const;
  expect(await service.issueNonce(account, { action: "play.approve" })).toEqual(malformed);
  expect(await service.issueNonce(account, { digest: "ab".repeat(32) })).toEqual(malformed);
});

test("whoever is suspended does not sign in", async () => {
  const { service, sign, signIn, sessions } = await createUsers();
  const [boss, other] = [await signIn(1), await signIn(2)];
  const proof = { account: accountOf(walletOf(1)), action: "a", digest: "d", message: "m", signature: "s" };
  await service.suspend(other.id, "Chargeback", proof, causeOf(boss.id));
  const outcome = await service.signIn({ ...(await sign(walletOf(2))), agent: "" }, "c1");
  expect(outcome).toEqual({ ok: false, refusal: "user-suspended" });
  expect((await sessions.find({ where: { user: other.id }, limit: 10 })).items).toEqual([]);
});
