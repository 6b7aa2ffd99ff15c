import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { SealBroken, type Sealed } from "../../ports/mod.ts";

const algorithm = "aes-256-gcm";
const nonceLength = 12;
const tagLength = 16;

/** AES-256-GCM, the purpose as associated data, the tag behind the ciphertext. `id` is what the key is called. */
export function sealWith(id: string, key: Buffer, purpose: string, plain: Uint8Array): Sealed {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagLength });
  cipher.setAAD(Buffer.from(purpose));
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return { key: id, nonce: nonce.toString("base64url"), ciphertext: ciphertext.toString("base64url") };
}

export function openWith(key: Buffer, purpose: string, sealed: Sealed): Uint8Array {
  const nonce = Buffer.from(sealed.nonce, "base64url");
  const bytes = Buffer.from(sealed.ciphertext, "base64url");
  if (nonce.length !== nonceLength || bytes.length < tagLength) throw broken(purpose);
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagLength });
  decipher.setAAD(Buffer.from(purpose));
  decipher.setAuthTag(bytes.subarray(-tagLength));
  const plain = decipher.update(bytes.subarray(0, -tagLength));
  try {
    decipher.final();
  } catch {
    plain.fill(0);
    throw broken(purpose);
  }
  return plain;
}

function broken(purpose: string): SealBroken {
  return new SealBroken(`Cannot open the seal of "${purpose}": purpose, key or bytes are not those that were sealed`);
}
