import { errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import type { UserId } from "../../domains/shared/mod.ts";
import type { AccessClaims } from "../../domains/user/mod.ts";
import type { Clock } from "../../ports/mod.ts";

export type ReadingOptions = {
  /** `iss`: where the platform is. */
  readonly issuer: string;
  /** `aud`: who the tokens are for. */
  readonly audience: string;
  readonly clock: Clock;
};

type Verified = AccessClaims & { readonly expires: number };

export const algorithm = "EdDSA";
export const type = "at+jwt";
const remembered = 4096;
// Base64url in its one spelling: the last digit of 64 bytes has four bits that say nothing, and are zero.
const compactToken = /^[\w-]+\.[\w-]+\.[\w-]{85}[AQgw]$/;

/** Reads access tokens with the keys of a set; undefined for all that is not ours, not for us, changed, or expired. */
export function createReading(keySet: JWTVerifyGetKey, { issuer, audience, clock }: ReadingOptions) {
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
    async read(token: string): Promise<AccessClaims | undefined> {
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
    /** Looks at every signature anew: some key is no longer good. */
    forget: () => verified.clear(),
  };
}
