import { expect, test } from "bun:test";
import { verifyEvmSignature } from "../../adapters/evm/signatures.ts";
import { createUsers, publicUrl, walletOf } from "./_world_test.ts";
import { createVerifyProof } from "./proofs.ts";

const action = "play.approve";
const digest = "ab".repeat(32);
const verifyProof = createVerifyProof(publicUrl, verifyEvmSignature);

async function approving() {
  const world = await createUsers();
  const user = await world.signIn(2);
  const created = await world.service.createStepUp(user.id, await world.sign(walletOf(2), { action, digest }));
  if (!created.ok) throw new Error(created.refusal);
  return { ...world, user, ...created };
}

test("a step-up gives the proof once: of many who use it at the same moment, to one", async () => {
  const { service, user, stepUp, expiresIn } = await approving();
  expect(expiresIn).toBe(300);
  const proofs = await Promise.all(
    Array.from({ length: 50 }, () => service.useStepUp(stepUp, user.id, action, digest)),
  );
  const [proof, ...others] = proofs.filter((each) => each !== undefined);
  expect(others).toEqual([]);
  expect(proof).toMatchObject({ action, digest });
  expect(proof && (await verifyProof(proof))).toBe(true);
});

test("a step-up is for its action, its digest, its user and five minutes only", async () => {
  const { service, signIn, user, stepUp, pass } = await approving();
  const other = await signIn(3);
  expect(await service.useStepUp(stepUp, user.id, "play.publish", digest)).toBeUndefined();
  expect(await service.useStepUp(stepUp, user.id, action, "cd".repeat(32))).toBeUndefined();
  expect(await service.useStepUp(stepUp, other.id, action, digest)).toBeUndefined();
  expect(await service.useStepUp("0".repeat(64), user.id, action, digest)).toBeUndefined();
  pass(300);
  expect(await service.useStepUp(stepUp, user.id, action, digest)).toBeUndefined();
});

test("a step-up is signed by an account of one's own, over a text for a step-up", async () => {
  const { service, sign, signIn, user } = await approving();
  await signIn(3);
  const stolen = await sign(walletOf(3), { action, digest });
  const unclaimed = await sign(walletOf(4), { action, digest });
  expect(await service.createStepUp(user.id, stolen)).toEqual({ ok: false, refusal: "identity-not-yours" });
  expect(await service.createStepUp(user.id, unclaimed)).toEqual({ ok: false, refusal: "identity-not-yours" });
  const plain = await sign(walletOf(2));
  expect(await service.createStepUp(user.id, plain)).toEqual({ ok: false, refusal: "nonce-unknown" });
  const signed = await sign(walletOf(2), { action, digest });
  const forged = { ...signed, signature: await walletOf(3).signMessage(signed.message) };
  expect(await service.createStepUp(user.id, forged)).toEqual({ ok: false, refusal: "signature-invalid" });
  expect(await service.createStepUp(user.id, signed)).toMatchObject({ ok: true });
  expect(await service.createStepUp(user.id, signed)).toEqual({ ok: false, refusal: "nonce-unknown" });
});

test("a step-up's token is not kept", async () => {
  const { stepUps, stepUp } = await approving();
  expect(JSON.stringify(await stepUps.find({ where: {}, limit: 10 }))).not.toContain(stepUp);
});

test("verifyProof() refuses a proof that says anything else than what was signed", async () => {
  const { service, user, stepUp, sign } = await approving();
  const proof = await service.useStepUp(stepUp, user.id, action, digest);
  if (!proof) throw new Error("no proof");
  const wallet = walletOf(2);
  const elsewhere = proof.message.replace("127.0.0.1:3000 wants", "evil.example wants");
  const plain = await sign(wallet);
  for (const forged of [
    { ...proof, action: "play.publish" },
    { ...proof, digest: "cd".repeat(32) },
    { ...proof, account: plain.account.replace("31337", "1") as typeof proof.account },
    { ...proof, message: proof.message.replace(digest, "cd".repeat(32)), digest: "cd".repeat(32) },
    { ...proof, message: elsewhere, signature: await wallet.signMessage(elsewhere) },
    { ...proof, message: plain.message, signature: plain.signature },
    { ...proof, signature: await walletOf(3).signMessage(proof.message) },
    { ...proof, message: "", signature: "" },
  ]) {
    expect(await verifyProof(forged)).toBe(false);
  }
});
