import type { VerifyProof } from "../../ports/mod.ts";
import type { VerifySignature } from "./credentials.ts";
import { domainOf, readMessage } from "./siwe_message.ts";

/**
 * Checks a proof again from nothing but itself: the account's signature over a text of ours (of `publicUrl`) that names the
 * action and the digest. For whoever acts on an approval, in any service.
 */
export function createVerifyProof(publicUrl: string, verifySignature: VerifySignature): VerifyProof {
  const domain = domainOf(publicUrl);
  return async ({ account, action, digest, message, signature }) => {
    const read = readMessage(message);
    if (read?.domain !== domain || read.account !== account) return false;
    if (read.request?.action !== action || read.request.digest !== digest) return false;
    return verifySignature(account, message, signature);
  };
}
