import type { Clock, RecordKind, RecordStore } from "../../ports/mod.ts";
import { type AccountId, type Instant, later, refuse } from "../shared/mod.ts";
import type { CanonicalAccount, NewSecret, VerifySignature } from "./credentials.ts";
import { domainOf, isStepUpRequest, readMessage, type StepUpRequest, writeMessage } from "./siwe_message.ts";

/** A text handed out for signing; its id is the nonce in it. */
export type Nonce = {
  readonly account: AccountId;
  readonly message: string;
  readonly expiresAt: Instant;
  /** Present where it is for a step-up. */
  readonly request?: StepUpRequest;
};

export const nonceKind: RecordKind<Nonce> = { name: "nonce", indexes: [["expiresAt"]] };

const goodFor = 5 * 60;

/** A message and the signature over it, as a client presents them. */
export type SignedMessage = { readonly account: string; readonly message: string; readonly signature: string };

export type IssueNonceRefusal = "account-unsupported" | "step-up-request-malformed";
export type RedeemRefusal = "nonce-unknown" | "signature-invalid";

type Dependencies = {
  readonly nonces: RecordStore<Nonce>;
  readonly publicUrl: string;
  readonly canonicalAccount: CanonicalAccount;
  readonly verifySignature: VerifySignature;
  readonly newSecret: NewSecret;
  readonly clock: Clock;
};

/** Texts to sign: made here, good once and for five minutes, for one account at one address of ours. */
export function createNonces(dependencies: Dependencies) {
  const { nonces, publicUrl: uri, canonicalAccount, verifySignature, newSecret, clock } = dependencies;
  const domain = domainOf(uri);

  /** Accepts a text that was made here, byte for byte, and spends its nonce: of many who present it, one is accepted. */
  async function redeem<Request extends StepUpRequest | undefined>(
    { account: named, message, signature }: SignedMessage,
    suits: (request: StepUpRequest | undefined) => request is Request,
  ) {
    const account = canonicalAccount(named);
    const nonce = readMessage(message)?.nonce;
    const issued = nonce === undefined ? undefined : await nonces.get(nonce);
    if (!account || issued?.value.account !== account || issued.value.message !== message) return unknown;
    const { expiresAt, request } = issued.value;
    if (expiresAt <= clock() || !suits(request)) return unknown;
    if (!(await verifySignature(account, message, signature))) return refuse<RedeemRefusal>("signature-invalid");
    if ((await nonces.remove(issued.id, issued.revision)) === "conflict") return unknown;
    return { ok: true, account, request } as const;
  }

  return {
    /** Makes the text for an account: to sign in, or with an action and a digest to approve that. */
    async issue(named: string, { action, digest }: Partial<StepUpRequest> = {}) {
      const account = canonicalAccount(named);
      if (!account) return refuse<IssueNonceRefusal>("account-unsupported");
      const asks = action !== undefined || digest !== undefined;
      const asked = asks && { request: { action: action ?? "", digest: digest ?? "" } };
      if (asked && !isStepUpRequest(asked.request)) return refuse<IssueNonceRefusal>("step-up-request-malformed");
      const nonce = newSecret();
      const issuedAt = clock();
      const expiresAt = later(issuedAt, goodFor);
      const message = writeMessage({ domain, uri, account, nonce, issuedAt, expiresAt, ...asked });
      await nonces.put(nonce, { account, message, expiresAt, ...asked }, 0);
      return { ok: true, nonce, message, expiresAt } as const;
    },

    /** Of a text that signs in; one that approves something does not. */
    redeemSignIn: (signed: SignedMessage) => redeem(signed, (request) => request === undefined),

    /** Of a text that approves something. */
    redeemStepUp: (signed: SignedMessage) => redeem(signed, (request) => request !== undefined),
  };
}

const unknown = refuse<RedeemRefusal>("nonce-unknown");
