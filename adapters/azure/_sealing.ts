import { SealBroken, type Sealed } from "../../ports/mod.ts";

const cipher = "AES-GCM";
const nonceLength = 12;
const tagLength = 16;

/** Takes the bytes over: they are overwritten, and the key can't be read out again. */
export async function importKey(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  try {
    return await crypto.subtle.importKey("raw", bytes, cipher, false, ["encrypt", "decrypt"]);
  } finally {
    bytes.fill(0);
  }
}

/** AES-256-GCM, the purpose as associated data, the tag behind the ciphertext. */
export async function sealWith(
  key: CryptoKey,
  purpose: string,
  plain: Uint8Array,
): Promise<Pick<Sealed, "nonce" | "ciphertext">> {
  const iv = crypto.getRandomValues(new Uint8Array(nonceLength));
  const ciphertext = await crypto.subtle.encrypt(parameters(iv, purpose), key, plain as Uint8Array<ArrayBuffer>);
  return { nonce: Buffer.from(iv).toString("base64url"), ciphertext: Buffer.from(ciphertext).toString("base64url") };
}

export async function openWith(key: CryptoKey, purpose: string, sealed: Sealed): Promise<Uint8Array> {
  const iv = Buffer.from(sealed.nonce, "base64url");
  const bytes = Buffer.from(sealed.ciphertext, "base64url");
  try {
    if (iv.length !== nonceLength || bytes.length < tagLength) throw new Error();
    return new Uint8Array(await crypto.subtle.decrypt(parameters(iv, purpose), key, bytes));
  } catch {
    throw new SealBroken(`Cannot open the seal of "${purpose}": purpose, key or bytes are not those that were sealed`);
  }
}

function parameters(iv: Uint8Array<ArrayBuffer>, purpose: string) {
  return { name: cipher, iv, additionalData: new TextEncoder().encode(purpose), tagLength: tagLength * 8 };
}
