/**
 * What the user domain needs of cryptography, in its own words.
 *
 * @module
 */
import type { AccountId, UserId } from "../shared/mod.ts";

/** The one spelling of an account that can sign in (EIP-55 for `eip155`); undefined where the text is none. */
export type CanonicalAccount = (account: string) => AccountId | undefined;

/** Whether the account's key signed the text (EIP-191 for `eip155`). Bad input is false, never thrown. */
export type VerifySignature = (account: AccountId, message: string, signature: string) => Promise<boolean>;

/** 256 random bits, as lower-case hex. */
export type NewSecret = () => string;

/** Whom an access token speaks for. */
export type AccessClaims = { readonly user: UserId; readonly session: string };

/** A public key that verifies access tokens (RFC 7517). */
export type PublicKey = {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  readonly x: string;
  readonly kid: string;
  readonly alg: "EdDSA";
  readonly use: "sig";
};

/** Signed access tokens (RFC 9068). */
export interface AccessTokens {
  /** A token that is good for so many seconds. */
  issue(claims: AccessClaims, seconds: number): Promise<string>;
  /** Undefined where it is not ours, not for us, not an access token, changed, or expired. */
  read(token: string): Promise<AccessClaims | undefined>;
  /** Every key whose tokens are good now. */
  publicKeys(): Promise<readonly PublicKey[]>;
}
