import { createPublicKey, verify } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { Hash, Verifying, VerifySignature } from "../domains/notification/mod.ts";

export const sha256: Hash = (...parts) => {
  const hash = new Bun.CryptoHasher("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const verifySignature: VerifySignature = (key, text, signature) => {
  try {
    const x = Buffer.from(key, "hex").toString("base64url");
    const publicKey = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
    return verify(null, Buffer.from(text), publicKey, Buffer.from(signature, "hex"));
  } catch {
    // A key or signature of another form is none.
    return false;
  }
};

/** What verifying a journal takes of cryptography: SHA-256 and Ed25519. */
export const verifying: Verifying = { hash: sha256, verify: verifySignature, giveWay: () => setImmediate() };
