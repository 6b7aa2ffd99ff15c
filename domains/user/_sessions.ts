import {
  type AggregateStore,
  type Cause,
  type Clock,
  type Digest,
  type Page,
  type RecordKind,
  type RecordStore,
  type Stored,
  transact,
} from "../../ports/mod.ts";
import { type AccountId, type Instant, later, refuse, type UserId } from "../shared/mod.ts";
import type { AccessClaims, AccessTokens, NewSecret } from "./credentials.ts";
import { endSessions, type SessionsEndedReason, type SignInMethod, type User, type UserEvent } from "./user.ts";

/** A device that is signed in. Of its refresh tokens only hashes are kept. */
export type Session = {
  readonly user: UserId;
  readonly method: SignInMethod;
  readonly account: AccountId;
  /** What the device calls itself. */
  readonly agent: string;
  readonly startedAt: Instant;
  readonly refreshedAt: Instant;
  readonly expiresAt: Instant;
  /** The hash of what all refresh tokens of the session share: proves that an older one was ours. */
  readonly family: string;
  /** The hash of what the newest refresh token alone has. */
  readonly newest: string;
};

export const sessionKind: RecordKind<Session> = { name: "session", indexes: [["user"], ["expiresAt"]] };

const accessSeconds = 10 * 60;
const sessionSeconds = 30 * 24 * 60 * 60;
const pageSize = 200;

/** What a client gets to go on with. */
export type Tokens = {
  readonly accessToken: string;
  readonly tokenType: "Bearer";
  readonly expiresIn: number;
  readonly refreshToken: string;
};

export type NewSession = Pick<Session, "user" | "method" | "account" | "agent"> & { readonly id: string };
export type RefreshRefusal =
  | "refresh-token-invalid"
  | "refresh-token-reused"
  | "refresh-token-in-use"
  | "user-suspended";

type Dependencies = {
  readonly sessions: RecordStore<Session>;
  readonly users: AggregateStore<User, UserEvent>;
  readonly tokens: AccessTokens;
  readonly digest: Digest;
  readonly newSecret: NewSecret;
  readonly clock: Clock;
};

/** Sessions: an access token for ten minutes, and a refresh token that is another one after each use. */
export function createSessions({ sessions, users, tokens, digest, newSecret, clock }: Dependencies) {
  async function handOut(claims: AccessClaims, refreshToken: string): Promise<Tokens> {
    const accessToken = await tokens.issue(claims, accessSeconds);
    return { accessToken, tokenType: "Bearer", expiresIn: accessSeconds, refreshToken };
  }

  /** Tells first, then ends: a session that is gone is always in the journal. */
  async function end(user: UserId, ended: readonly string[], reason: SessionsEndedReason, cause: Cause) {
    await transact(users, user, cause, (state) => endSessions(state, { sessions: ended, reason }));
    for (const id of ended) await remove(id);
  }

  async function remove(id: string): Promise<void> {
    for (let found = await sessions.get(id); found; found = await sessions.get(id)) {
      if ((await sessions.remove(id, found.revision)) === "written") return;
    }
  }

  async function live(id: string): Promise<Stored<Session> | undefined> {
    const found = await sessions.get(id);
    return found && found.value.expiresAt > clock() ? found : undefined;
  }

  return {
    live,
    end,
    remove,

    async start({ id, ...device }: NewSession, at: Instant): Promise<Tokens> {
      const [family, newest] = [newSecret(), newSecret()];
      const hashes = { family: digest(family), newest: digest(newest) };
      const expiresAt = later(at, sessionSeconds);
      await sessions.put(id, { ...device, startedAt: at, refreshedAt: at, expiresAt, ...hashes }, 0);
      return handOut({ user: device.user, session: id }, `${id}.${family}.${newest}`);
    },

    /**
     * Exchanges a refresh token for the next; of those who try at once, one gets it. One that was used before ends its
     * session: it was stolen, or the one after it was.
     */
    async refresh(refreshToken: string, cause: Pick<Cause, "correlation">) {
      const [, id, family, secret] = tokenPattern.exec(refreshToken) ?? [];
      const found = id === undefined ? undefined : await live(id);
      if (!found || found.value.family !== digest(family)) return refuse<RefreshRefusal>("refresh-token-invalid");
      const { revision, value } = found;
      if (value.newest !== digest(secret)) {
        await end(value.user, [found.id], "refresh-token-reused", { ...cause, actor: "lucent" as UserId });
        return refuse<RefreshRefusal>("refresh-token-reused");
      }
      const user = await users.load(value.user);
      if (user.state.status !== "active") return refuse<RefreshRefusal>("user-suspended");
      const newest = newSecret();
      const rotated = { ...value, newest: digest(newest), refreshedAt: clock() };
      const written = await sessions.put(found.id, rotated, revision);
      if (written === "conflict") return refuse<RefreshRefusal>("refresh-token-in-use");
      const claims = { user: value.user, session: found.id };
      return { ok: true, tokens: await handOut(claims, `${id}.${family}.${newest}`), user } as const;
    },

    list(user: UserId, page: { readonly after?: string; readonly limit: number }): Promise<Page<Stored<Session>>> {
      return sessions.find({ where: { user }, order: "descending", ...page });
    },

    /** Ends all of a user's sessions but one. */
    async endAll(user: UserId, but: string | undefined, reason: SessionsEndedReason, cause: Cause): Promise<void> {
      let after: string | undefined;
      do {
        const page = await sessions.find({ where: { user }, ...(after && { after }), limit: pageSize });
        const ended = page.items.map(({ id }) => id).filter((id) => id !== but);
        await end(user, ended, reason, cause);
        after = page.next;
      } while (after);
    },
  };
}

const tokenPattern = /^([0-9a-f-]{36})\.([0-9a-f]{64})\.([0-9a-f]{64})$/;
