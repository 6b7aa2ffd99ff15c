import { type Cause, type Digest, type Page, type RecordStore, transact } from "../../ports/mod.ts";
import { refuse, type UserId } from "../shared/mod.ts";
import { createDirectory, type Directory } from "./_directory.ts";
import { forgetExpired } from "./_expiry.ts";
import { createNonces, type Nonce, type RedeemRefusal, type SignedMessage } from "./_nonces.ts";
import { createSessions, type Session } from "./_sessions.ts";
import { createStepUps, type StepUp } from "./_step_ups.ts";
import type { AdministrationRefusal } from "./administration.ts";
import type { AccessTokens, NewSecret, VerifySignature } from "./credentials.ts";
import type { Permission } from "./permissions.ts";
import { rightsOf, type SignInRefusal, signIn } from "./user.ts";
import { type SessionView, sessionView } from "./views.ts";

export type BeginSessionRefusal = RedeemRefusal | SignInRefusal;
export type AdministerUserRefusal = AdministrationRefusal | "last-super-admin" | "revision-stale";
export type UserService = ReturnType<typeof createUserService>;

export type UserDependencies = Directory & {
  readonly nonces: RecordStore<Nonce>;
  readonly sessions: RecordStore<Session>;
  readonly stepUps: RecordStore<StepUp>;
  readonly tokens: AccessTokens;
  readonly verifySignature: VerifySignature;
  /** Where users reach the platform: the domain and URI of what they sign. */
  readonly publicUrl: string;
  readonly newSecret: NewSecret;
  readonly digest: Digest;
};

/** Who asks, from which session, and what they may do now. */
export type UserAccess = {
  readonly user: UserId;
  readonly session: string;
  readonly permissions: ReadonlySet<Permission>;
};

type PageQuery = { readonly after?: string; readonly limit: number };

/** The commands and questions of the user domain. */
export function createUserService(dependencies: UserDependencies) {
  const { users, tokens, clock, newId } = dependencies;
  const nonces = createNonces(dependencies);
  const sessions = createSessions(dependencies);
  const stepUps = createStepUps({ ...dependencies, redeem: nonces.redeemStepUp });
  const { ownerOrNew, suspend, ...directory } = createDirectory(dependencies);

  /** What a user may do in a session; undefined once it is over or the user suspended. */
  async function permissionsOf(user: UserId, id: string): Promise<ReadonlySet<Permission> | undefined> {
    const [session, { state }] = await Promise.all([sessions.live(id), users.load(user)]);
    return session?.value.user === user && state.status === "active" ? rightsOf(state) : undefined;
  }

  return {
    ...directory,
    issueNonce: nonces.issue,
    createStepUp: stepUps.create,
    useStepUp: stepUps.use,
    publicKeys: tokens.publicKeys,
    refresh: sessions.refresh,

    /** Signs in whoever signed the text, and registers them at the first time. */
    async signIn({ agent, ...signed }: SignedMessage & { readonly agent: string }, correlation: string) {
      const redeemed = await nonces.redeemSignIn(signed);
      if (!redeemed.ok) return redeemed;
      const at = clock();
      const { account } = redeemed;
      const user = await ownerOrNew(account, at, correlation);
      const [id, method] = [newId(), "siwe"] as const;
      // The session comes first: a suspension at this moment either refuses the sign-in or finds the session to end.
      const tokens = await sessions.start({ id, user, method, account, agent }, at);
      const begin = { session: id, method, account, at };
      const outcome = await transact(users, user, { actor: user, correlation }, (state) => signIn(state, begin));
      if (outcome.ok) return { ok: true, tokens, user: outcome } as const;
      await sessions.remove(id);
      return outcome;
    },

    /** Who a token speaks for now; undefined where it is forged or expired, its session over, or its user suspended. */
    async accessOf(token: string): Promise<UserAccess | undefined> {
      const claims = await tokens.read(token);
      const permissions = claims && (await permissionsOf(claims.user, claims.session));
      return permissions && { ...claims, permissions };
    },

    permissionsOf,

    /** The devices that a user is signed in on, newest first. */
    async listSessions(user: UserId, current: string, query: PageQuery): Promise<Page<SessionView>> {
      const { items, ...next } = await sessions.list(user, query);
      return { items: items.map(({ id, value }) => sessionView(id, value, id === current)), ...next };
    },

    /** Signs one of the user's devices out. */
    async endSession(user: UserId, id: string, cause: Cause) {
      const found = await sessions.live(id);
      if (found?.value.user !== user) return refuse("session-not-found");
      await sessions.end(user, [id], "signed-out", cause);
      return { ok: true } as const;
    },

    /** Signs all of the user's devices out but the one that asks. */
    endOtherSessions(user: UserId, current: string, cause: Cause): Promise<void> {
      return sessions.endAll(user, current, "signed-out", cause);
    },

    /** Suspends a user and signs them out everywhere: what they held does not come back with a reactivation. */
    async suspend(...[id, reason, proof, cause]: Parameters<typeof suspend>) {
      const outcome = await suspend(id, reason, proof, cause);
      if (outcome.ok) await sessions.endAll(id, undefined, "suspended", cause);
      return outcome.ok ? { ...outcome, ...(await users.load(id)) } : outcome;
    },

    /** Forgets nonces, step-ups and sessions whose time is over. */
    forgetExpired: () => forgetExpired(clock(), dependencies.nonces, dependencies.stepUps, dependencies.sessions),
  };
}
