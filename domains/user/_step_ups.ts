import type { AggregateStore, Clock, Digest, Proof, RecordKind, RecordStore } from "../../ports/mod.ts";
import { type AccountId, type Instant, later, refuse, type UserId } from "../shared/mod.ts";
import type { createNonces, RedeemRefusal, SignedMessage } from "./_nonces.ts";
import type { CanonicalAccount, NewSecret } from "./credentials.ts";
import type { ClaimedIdentity, IdentityEvent } from "./identity.ts";

/** A signature that waits to be used; its id is the hash of the token that uses it. */
export type StepUp = { readonly user: UserId; readonly proof: Proof; readonly expiresAt: Instant };

export const stepUpKind: RecordKind<StepUp> = { name: "step_up", indexes: [["expiresAt"]] };

const goodFor = 5 * 60;

export type StepUpRefusal = RedeemRefusal | "identity-not-yours";

type Dependencies = {
  readonly stepUps: RecordStore<StepUp>;
  readonly identities: AggregateStore<ClaimedIdentity, IdentityEvent>;
  readonly redeem: ReturnType<typeof createNonces>["redeemStepUp"];
  readonly canonicalAccount: CanonicalAccount;
  readonly newSecret: NewSecret;
  readonly digest: Digest;
  readonly clock: Clock;
};

/** Step-ups: a wallet's signature for one action on one object, used once. */
export function createStepUps(dependencies: Dependencies) {
  const { stepUps, identities, redeem, canonicalAccount, newSecret, digest, clock } = dependencies;

  async function owns(user: UserId, account: AccountId): Promise<boolean> {
    const { state } = await identities.load(account);
    return state.status === "claimed" && state.user === user;
  }

  return {
    /** Takes the signature of one of the user's own accounts, and gives the token that uses it. */
    async create(user: UserId, signed: SignedMessage) {
      const account = canonicalAccount(signed.account);
      if (!account || !(await owns(user, account))) return refuse<StepUpRefusal>("identity-not-yours");
      const redeemed = await redeem(signed);
      if (!redeemed.ok) return redeemed;
      const { message, signature } = signed;
      const proof: Proof = { account, ...redeemed.request, message, signature };
      const stepUp = newSecret();
      await stepUps.put(digest(stepUp), { user, proof, expiresAt: later(clock(), goodFor) }, 0);
      return { ok: true, stepUp, expiresIn: goodFor } as const;
    },

    /** Spends a step-up: of many who try, one gets the proof. Undefined where it is not for this, or no more. */
    async use(token: string, user: UserId, action: string, object: string): Promise<Proof | undefined> {
      const found = await stepUps.get(digest(token));
      if (!found || found.value.user !== user || found.value.expiresAt <= clock()) return undefined;
      const { proof } = found.value;
      if (proof.action !== action || proof.digest !== object) return undefined;
      return (await stepUps.remove(found.id, found.revision)) === "written" ? proof : undefined;
    },
  };
}
