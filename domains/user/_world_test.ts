import { Wallet } from "ethers";
import { canonicalEvmAccount, verifyEvmSignature } from "../../adapters/evm/signatures.ts";
import { createStores, openDatabase } from "../../adapters/sqlite/mod.ts";
import { digest, newId } from "../../adapters/system/mod.ts";
import { newSecret, openAccessTokens, signingKeysKind } from "../../adapters/tokens/mod.ts";
import type { Cause, Proof, Vault } from "../../ports/mod.ts";
import { type AccountId, type Instant, later, type UserId } from "../shared/mod.ts";
import * as user from "./mod.ts";

/** Keeps what it seals as it is, and only for the same purpose. */
export const openVault: Vault = {
  seal: async (purpose, plain) => ({ key: purpose, nonce: "", ciphertext: Buffer.from(plain).toString("base64url") }),
  async open(purpose, sealed) {
    if (sealed.key !== purpose) throw new Error(`Cannot open "${purpose}": it was sealed for another purpose`);
    return Buffer.from(sealed.ciphertext, "base64url");
  },
};

/** The n-th of the tests' Ethereum accounts. */
export function walletOf(n: number): Wallet {
  return new Wallet(`0x${n.toString(16).padStart(64, "0")}`);
}

export function accountOf(wallet: Wallet): AccountId {
  return `eip155:31337:${wallet.address}` as AccountId;
}

export const publicUrl = "http://127.0.0.1:3000";

/** The user service on stores in memory, with a clock that the test turns. The owner of account 1 is a named super admin. */
export async function createUsers(database = openDatabase(":memory:")) {
  let now = "2026-11-23T00:00:00.000Z" as Instant;
  const clock = () => now;
  const stores = createStores(database, clock);
  const users = stores.open(user.userKind);
  const sessions = stores.records(user.sessionKind);
  const nonces = stores.records(user.nonceKind);
  const stepUps = stores.records(user.stepUpKind);
  const superAdmins = stores.open(user.superAdminsKind);
  const keys = stores.records(signingKeysKind);
  const service = user.createUserService({
    ...{ users, sessions, nonces, stepUps, superAdmins, identities: stores.open(user.identityKind) },
    tokens: await openAccessTokens({ keys, vault: openVault, issuer: publicUrl, audience: publicUrl, clock, newId }),
    namedSuperAdmins: [accountOf(walletOf(1)).toLowerCase()],
    ...{ canonicalAccount: canonicalEvmAccount, verifySignature: verifyEvmSignature },
    ...{ publicUrl, newSecret, digest, clock, newId },
  });

  /** A text to sign, signed. */
  async function sign(wallet: Wallet, asked: { action?: string; digest?: string } = {}) {
    const account = accountOf(wallet);
    const issued = await service.issueNonce(account, asked);
    if (!issued.ok) throw new Error(issued.refusal);
    return { account, message: issued.message, signature: await wallet.signMessage(issued.message) };
  }

  /** Signs the n-th account's owner in. */
  async function signIn(n: number) {
    const outcome = await service.signIn({ ...(await sign(walletOf(n))), agent: "test" }, "c1");
    if (!outcome.ok) throw new Error(outcome.refusal);
    const id = outcome.user.id as UserId;
    return { id, ...outcome.tokens, cause: causeOf(id) };
  }

  return {
    ...{ service, stores, users, sessions, nonces, stepUps, superAdmins, sign, signIn, clock },
    pass(seconds: number): void {
      now = later(now, seconds);
    },
  };
}

export function causeOf(actor: UserId): Cause {
  return { actor, correlation: "c1" };
}

export const proof: Proof = {
  ...{ account: accountOf(walletOf(1)), action: "user.roles", digest: "00".repeat(32) },
  ...{ message: "text", signature: "0x" },
};
