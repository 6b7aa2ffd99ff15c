import { verifyMessage } from "ethers/hash";
import { accountId, type NetworkId, parseAccount } from "../../domains/shared/mod.ts";
import type { CanonicalAccount, VerifySignature } from "../../domains/user/mod.ts";
import { checksummed } from "./_hex.ts";

/** EVM accounts in EIP-55 spelling. An address in one case is taken; a checksum that is there must be right. */
export const canonicalEvmAccount: CanonicalAccount = (account) => {
  const parsed = parseAccount(account);
  if (!parsed || !/^eip155:[1-9][0-9]*$/.test(parsed.network)) return undefined;
  const address = checksummed(parsed.address);
  return address === undefined ? undefined : accountId(parsed.network as NetworkId, address);
};

/** 65 bytes r ‖ s ‖ v; v is the parity, plain or from 27 on. */
const signatureOf65Bytes = /^0x[0-9a-fA-F]{128}(1b|1c|00|01)$/i;

/**
 * Whether an externally owned account signed the text (EIP-191, `personal_sign`). Other lengths and parities, and the other
 * signature that anyone can make of one (a high `s`, EIP-2), are refused.
 */
export const verifyEvmSignature: VerifySignature = async (account, message, signature) => {
  const address = parseAccount(account)?.address;
  if (canonicalEvmAccount(account) !== account || !signatureOf65Bytes.test(signature)) return false;
  try {
    // ethers throws for a high s, and for numbers that are no point of the curve.
    return verifyMessage(message, signature) === address;
  } catch {
    return false;
  }
};
