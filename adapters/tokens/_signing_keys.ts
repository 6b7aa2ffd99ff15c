import { base64url, calculateJwkThumbprint, exportJWK, generateKeyPair } from "jose";
import type { PublicKey } from "../../domains/user/mod.ts";
import { Contention, type RecordStore, type Sealed, type SealedKind, type Vault } from "../../ports/mod.ts";

/** One pair; the private half is sealed. */
type SigningKey = { readonly publicKey: PublicKey; readonly sealed: Sealed };

/** The pairs whose tokens are good, oldest first: the newest signs. */
export type SigningKeys = { readonly keys: readonly [SigningKey, ...SigningKey[]] };

export const signingKeysKind: SealedKind<SigningKeys> = {
  name: "signing_keys",
  indexes: [],
  async resealed({ value: { keys } }, again) {
    const resealed = async (key: SigningKey): Promise<SigningKey> => ({
      ...key,
      sealed: await again(purposeOf(key.publicKey.kid), key.sealed),
    });
    const [first, ...others] = keys;
    return { keys: [await resealed(first), ...(await Promise.all(others.map(resealed)))] };
  },
};

const ring = "access-tokens";

/** The stored pairs; the first one is made where there is none yet. Of two processes that make it, both get the same. */
export async function loadOrMakeKeys(records: RecordStore<SigningKeys>, vault: Vault): Promise<SigningKeys> {
  const known = await records.get(ring);
  if (known) return known.value;
  const made: SigningKeys = { keys: [await makeKey(vault)] };
  if ((await records.put(ring, made, 0)) === "written") return made;
  const theirs = await records.get(ring);
  if (!theirs) throw new Contention(`Cannot read the signing keys "${ring}": they were there a moment ago`);
  return theirs.value;
}

async function makeKey(vault: Vault): Promise<SigningKey> {
  const pair = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  const { x, d } = await exportJWK(pair.privateKey);
  if (x === undefined || d === undefined) throw new Error("Cannot make a signing key: the pair lacks a half");
  const kid = await calculateJwkThumbprint({ kty: "OKP", crv: "Ed25519", x });
  const publicKey: PublicKey = { kty: "OKP", crv: "Ed25519", x, kid, alg: "EdDSA", use: "sig" };
  return { publicKey, sealed: await vault.seal(purposeOf(kid), base64url.decode(d)) };
}

/** The private half, as a JWK that jose imports. */
export async function openKey({ publicKey, sealed }: SigningKey, vault: Vault) {
  const { kty, crv, x, kid } = publicKey;
  return { kty, crv, x, d: base64url.encode(await vault.open(purposeOf(kid), sealed)) };
}

function purposeOf(kid: string): string {
  return `signing_keys/${ring}/${kid}`;
}
