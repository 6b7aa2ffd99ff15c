/**
 * What other services know of a user: enough to say what a session may do. Kept from the user's events, never decided here.
 *
 * @module
 */
import { type AggregateKind, type Envelope, Fault, lift, type RecordKind, type RecordStore } from "../../ports/mod.ts";
import { type Instant, later, type UserId } from "../shared/mod.ts";
import { type Permission, permissionsOf, type Role } from "./permissions.ts";
import type { User, UserEvent } from "./user.ts";

export type Access = {
  /** The user's revision that this is of. */
  readonly revision: number;
  readonly status: "active" | "suspended";
  readonly roles: readonly Role[];
  readonly granted: readonly Permission[];
  readonly denied: readonly Permission[];
  /** Sessions that were ended, until their last access tokens have expired by themselves. */
  readonly ended: Readonly<Record<string, Instant>>;
};

export const accessKind: RecordKind<Access> = { name: "access", indexes: [] };

type News = { readonly event: UserEvent; readonly revision: number; readonly at: Instant };

/** Longer than an access token lives, and than clocks differ. */
const remembered = 15 * 60;

const unknown: Access = { revision: 0, status: "active", roles: [], granted: [], denied: [], ended: {} };

/** What a user may do once something happened to them. What has been heard already changes nothing. */
export function follow(access: Access = unknown, { event, revision, at }: News): Access {
  if (revision <= access.revision) return access;
  const known = { ...access, revision };
  switch (event.type) {
    case "UserRegistered":
    case "RolesChanged":
      return { ...known, roles: event.roles };
    case "PermissionsChanged":
      return { ...known, granted: event.granted, denied: event.denied };
    case "UserSuspended":
      return { ...known, status: "suspended" };
    case "UserReactivated":
      return { ...known, status: "active" };
    case "SessionsEnded": {
      const remain = Object.entries(access.ended).filter(([, until]) => until > at);
      const over = event.sessions.map((session) => [session, later(at, remembered)] as const);
      return { ...known, ended: Object.fromEntries([...remain, ...over]) };
    }
    default:
      return known;
  }
}

/** What a session may do, by what is known; undefined where it has ended, or its user is suspended. */
export function permissionsIn(access: Access, session: string): ReadonlySet<Permission> | undefined {
  return access.status === "active" && access.ended[session] === undefined ? permissionsOf(access) : undefined;
}

type Dependencies = {
  readonly accesses: RecordStore<Access>;
  readonly kind: AggregateKind<User, UserEvent>;
  /** Asks the user service, which always knows. */
  readonly confirm: (user: UserId, session: string) => Promise<ReadonlySet<Permission> | undefined>;
};

/** Users as another service knows them. */
export function createAccess({ accesses, kind, confirm }: Dependencies) {
  return {
    /** Takes in what happened to a user. */
    async learn({ aggregate, revision, at, schema, event }: Envelope): Promise<void> {
      const news = { event: lift(kind, "event", schema, event) as UserEvent, revision, at };
      for (;;) {
        const stored = await accesses.get(aggregate);
        const access = follow(stored?.value, news);
        if (access === stored?.value) return;
        if ((await accesses.put(aggregate, access, stored?.revision ?? 0)) === "written") return;
      }
    },

    /**
     * What a session may do now; undefined where it may nothing. News of a first sign-in or a grant may be on its way: what is
     * not known to be allowed is asked. While nobody answers, what is known stands.
     */
    async permissionsOf(
      user: UserId,
      session: string,
      needed?: Permission,
    ): Promise<ReadonlySet<Permission> | undefined> {
      const stored = await accesses.get(user);
      const known = stored && permissionsIn(stored.value, session);
      if (known && (needed === undefined || known.has(needed))) return known;
      try {
        return await confirm(user, session);
      } catch (error) {
        if (!stored || !(error instanceof Fault && error.retryable)) throw error;
        return known;
      }
    },
  };
}
