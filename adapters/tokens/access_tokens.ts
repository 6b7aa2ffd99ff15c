import { createLocalJWKSet, importJWK, SignJWT } from "jose";
import type { AccessTokens } from "../../domains/user/mod.ts";
import type { NewId, RecordStore, Vault } from "../../ports/mod.ts";
import { algorithm, createReading, type ReadingOptions, type } from "./_reading.ts";
import { loadOrMakeKeys, openKey, type SigningKeys } from "./_signing_keys.ts";

type AccessTokenOptions = ReadingOptions & {
  readonly keys: RecordStore<SigningKeys>;
  readonly vault: Vault;
  readonly newId: NewId;
};

/** JWTs of RFC 9068 signed with Ed25519. The key is made at the first start; a vault or store that fails rejects. */
export async function openAccessTokens(options: AccessTokenOptions): Promise<AccessTokens> {
  const { issuer, audience, clock, newId } = options;
  const { keys } = await loadOrMakeKeys(options.keys, options.vault);
  const newest = keys.at(-1) ?? keys[0];
  const privateKey = await importJWK(await openKey(newest, options.vault), algorithm);
  const publicKeys = keys.map(({ publicKey }) => publicKey);
  const { read } = createReading(createLocalJWKSet({ keys: publicKeys }), options);

  return {
    issue({ user, session }, seconds) {
      const now = Math.floor(Date.parse(clock()) / 1000);
      return new SignJWT({ sid: session })
        .setProtectedHeader({ alg: algorithm, typ: type, kid: newest.publicKey.kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(user)
        .setJti(newId())
        .setIssuedAt(now)
        .setExpirationTime(now + seconds)
        .sign(privateKey);
    },
    read,
    publicKeys: async () => publicKeys,
  };
}
