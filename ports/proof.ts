import type { AccountId } from "../domains/shared/mod.ts";

/** A wallet's signature over a text that names an action and the digest of its object: who approved what. */
export type Proof = {
  readonly account: AccountId;
  readonly action: string;
  /** Lower-case hex SHA-256 of the request: method, path and canonical JSON body. */
  readonly digest: string;
  readonly message: string;
  readonly signature: string;
};

/** What a second person decides on what has this digest, and by which proof. */
export type ProvenDecision = {
  readonly decision: "approve" | "reject";
  readonly digest: string;
  readonly comment?: string | undefined;
  readonly proof: Proof;
};

/** Whether the signature is the account's, over that message, and the message names the action and the digest. */
export type VerifyProof = (proof: Proof) => Promise<boolean>;
