import { createHash } from "node:crypto";
import { SealBroken, type Vault } from "../../ports/mod.ts";
import { openWith, sealWith } from "./_sealing.ts";

/**
 * A vault under keys that a service was given as its secret: 32 bytes each in lower-case hex, with commas, the newest first. It
 * seals; the others open what they sealed. A text of another form throws.
 */
export function createSecretVault(secret: string): Vault {
  const texts = secret.split(",").map((each) => each.trim());
  if (!texts.every((each) => /^[0-9a-f]{64}$/.test(each))) {
    throw new Error("Cannot seal: the sealing keys are not 64 hex digits each");
  }
  const ring = new Map(texts.map((text) => [idOf(text), Buffer.from(text, "hex")]));
  const [newest, key] = ring.entries().next().value as [string, Buffer];
  return {
    seal: async (purpose, plain) => sealWith(newest, key, purpose, plain),
    async open(purpose, sealed) {
      const known = ring.get(sealed.key);
      if (!known) throw new SealBroken(`Cannot open a seal: the service was not given key "${sealed.key}"`);
      return openWith(known, purpose, sealed);
    },
  };
}

/** Says which key it is, and nothing about it. */
function idOf(key: string): string {
  return createHash("sha256").update(`lucent sealing key ${key}`).digest("hex").slice(0, 16);
}
