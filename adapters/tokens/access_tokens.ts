import { createLocalJWKSet, errors, importJWK, jwtVerify, SignJWT } from "jose";
import type { UserId } from "../../domains/shared/mod.ts";
import type { AccessClaims, AccessTokens } from "../../domains/user/mod.ts";
import type { Clock, NewId, RecordStore, Vault } from "../../ports/mod.ts";
import { loadOrMakeKeys, openKey, type SigningKeys } from "./_signing_keys.ts";

type AccessTokenOptions = {
  readonly keys: RecordStore<SigningKeys>;
  readonly vault: Vault;
  /** `iss`: where the platform is. */
  readonly issuer: string;
  /** `aud`: who the tokens are for. */
  readonly audience: string;
  readonly clock: Clock;
  readonly newId: NewId;
};

type Verified = AccessClaims & { readonly expires: number };

const algorithm = "EdDSA";
const type = "at+jwt";
const remembered = 4096;
// Base64url in its one spelling: the last digit of 64 bytes has four bits that say nothing, and are zero.
const compactToken = /^[\w-]+\.[\w-]+\.[\w-]{85}[AQgw]$/;

/** JWTs of RFC 9068 signed with Ed25519. The key is made at the first start; a vault or store that fails rejects. */
export async function openAccessTokens(options: AccessTokenOptions): Promise<AccessTokens> {
  const { issuer, audience, clock, newId } = options;
  const { keys } = await loadOrMakeKeys(options.keys, options.vault);
  const newest = keys.at(-1) ?? keys[0];
  const privateKey = await importJWK(await openKey(newest, options.vault), algorithm);
  const publicKeys = keys.map(({ publicKey }) => publicKey);
  const keySet = createLocalJWKSet({ keys: publicKeys });
  // Tokens whose signature was found good. Expiry is checked each time, sessions and users by whoever asks.
  const verified = new Map<string, Verified>();

  async function verify(token: string): Promise<Verified | undefined> {
    if (!compactToken.test(token)) return undefined;
    try {
      const { payload } = await jwtVerify(token, keySet, {
        ...{ issuer, audience, typ: type, algorithms: [algorithm], currentDate: new Date(clock()) },
        requiredClaims: ["sub", "sid", "jti", "iat", "exp"],
      });
      const { sub, sid, exp } = payload;
      if (typeof sub !== "string" || typeof sid !== "string" || typeof exp !== "number") return undefined;
      return { user: sub as UserId, session: sid, expires: exp * 1000 };
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }

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

    async read(token) {
      const known = verified.get(token) ?? (await verify(token));
      if (!known) return undefined;
      if (Date.parse(clock()) >= known.expires) {
        verified.delete(token);
        return undefined;
      }
      if (verified.size >= remembered) verified.clear();
      verified.set(token, known);
      const { user, session } = known;
      return { user, session };
    },

    publicKeys: async () => publicKeys,
  };
}
