import {
  type AggregateStore,
  atRevision,
  type Cause,
  type Clock,
  type Loaded,
  type NewId,
  type Page,
  type Proof,
  present,
  transact,
  transactTogether,
} from "../../ports/mod.ts";
import type { AccountId, Decision, Instant, UserId } from "../shared/mod.ts";
import { type Administrator, changePermissions, changeRoles, reactivateUser, suspendUser } from "./administration.ts";
import type { CanonicalAccount } from "./credentials.ts";
import { type ClaimedIdentity, claimIdentity, type IdentityEvent } from "./identity.ts";
import type { Permission, Role } from "./permissions.ts";
import { changeSettings, type SettingsPatch } from "./settings.ts";
import { decideCounted, type SuperAdmins, type SuperAdminsEvent, superAdminsId } from "./super_admins.ts";
import { changeProfile, registerUser, rightsOf, type User, type UserEvent } from "./user.ts";

export type Directory = {
  readonly users: AggregateStore<User, UserEvent>;
  readonly identities: AggregateStore<ClaimedIdentity, IdentityEvent>;
  readonly superAdmins: AggregateStore<SuperAdmins, SuperAdminsEvent>;
  readonly canonicalAccount: CanonicalAccount;
  readonly newId: NewId;
  readonly clock: Clock;
  /** Accounts (CAIP-10) whose owners are super admins from their first sign-in on. */
  readonly namedSuperAdmins: readonly string[];
};

export type UserFilter = {
  readonly role?: Role;
  readonly status?: "active" | "suspended";
  readonly account?: string;
};

/** Users: registered once an account, read, changed by themselves and by the team. */
export function createDirectory(directory: Directory) {
  const { users, identities, superAdmins, canonicalAccount, newId, clock } = directory;
  const named = new Set(directory.namedSuperAdmins.map(canonicalAccount));

  async function ownerOf(account: AccountId): Promise<UserId | undefined> {
    const { state } = await identities.load(account);
    return state.status === "claimed" ? state.user : undefined;
  }

  /** Decides as the one who asks, with what they may do by now. */
  async function administer<Refusal extends string>(
    id: UserId,
    proof: Proof,
    cause: Cause,
    decide: (user: User, revision: number, who: Administrator) => Decision<UserEvent, Refusal>,
  ) {
    const { state: asking } = await users.load(cause.actor);
    const permissions = asking.status === "active" ? rightsOf(asking) : new Set<Permission>();
    const who = { by: cause.actor, permissions, proof };
    const targets = { user: { store: users, id }, admins: { store: superAdmins, id: superAdminsId } };
    const outcome = await transactTogether(targets, cause, ({ user, admins }) =>
      decideCounted(admins.state, id, user.state, decide(user.state, user.revision, who)),
    );
    return outcome.ok ? ({ ok: true, ...outcome.user } as const) : outcome;
  }

  return {
    /** The user who owns the account; a new one where nobody does. Of two who come first at once, both get the same. */
    async ownerOrNew(account: AccountId, at: Instant, correlation: string): Promise<UserId> {
      const known = await ownerOf(account);
      if (known) return known;
      const id = newId() as UserId;
      const roles: readonly Role[] = named.has(account) ? ["user", "super_admin"] : ["user"];
      const targets = {
        identity: { store: identities, id: account },
        user: { store: users, id },
        admins: { store: superAdmins, id: superAdminsId },
      };
      const outcome = await transactTogether(targets, { actor: id, correlation }, ({ identity, user, admins }) => {
        const claimed = claimIdentity(identity.state, id);
        const registered = decideCounted(
          admins.state,
          id,
          user.state,
          registerUser(user.state, { account, roles, at }),
        );
        if (!claimed.ok) return claimed;
        if (!registered.ok) return registered;
        return { ok: true, events: { ...registered.events, identity: claimed.events } };
      });
      const owner = outcome.ok ? id : await ownerOf(account);
      if (!owner) throw new Error(`Cannot register the owner of "${account}": nobody claimed it`);
      return owner;
    },

    user: (id: string): Promise<Loaded<User>> => users.load(id),

    /** Newest first. */
    async list(filter: UserFilter, page: { readonly after?: string; readonly limit: number }) {
      const { role, status, account } = filter;
      if (account !== undefined) return { items: await only(account, filter) } satisfies Page<Loaded<User>>;
      const where = present({ ...(role && { [`roles.${role}`]: "held" }), status });
      return users.find({ where, order: "descending", ...page });
    },

    changeProfile(id: UserId, revision: number, displayName: string, cause: Cause) {
      const decide = atRevision(revision, (user: User) => changeProfile(user, displayName));
      return transact(users, id, cause, decide);
    },

    changeSettings(id: UserId, revision: number, patch: SettingsPatch, cause: Cause) {
      const decide = atRevision(revision, (user: User) => changeSettings(user, patch));
      return transact(users, id, cause, decide);
    },

    changeRoles(id: UserId, seen: number, roles: readonly Role[], proof: Proof, cause: Cause) {
      return administer(id, proof, cause, (user, revision, who) =>
        atRevision(seen, (state: User) => changeRoles(state, { roles, ...who }))(user, revision),
      );
    },

    changePermissions(id: UserId, seen: number, change: PermissionChange, proof: Proof, cause: Cause) {
      return administer(id, proof, cause, (user, revision, who) =>
        atRevision(seen, (state: User) => changePermissions(state, { ...change, ...who }))(user, revision),
      );
    },

    suspend(id: UserId, reason: string, proof: Proof, cause: Cause) {
      return administer(id, proof, cause, (user, _revision, who) => suspendUser(user, { reason, at: clock(), ...who }));
    },

    reactivate(id: UserId, reason: string, proof: Proof, cause: Cause) {
      return administer(id, proof, cause, (user, _revision, who) =>
        reactivateUser(user, { reason, at: clock(), ...who }),
      );
    },
  };

  async function only(account: string, { role, status }: UserFilter): Promise<readonly Loaded<User>[]> {
    const canonical = canonicalAccount(account);
    const owner = canonical && (await ownerOf(canonical));
    if (!owner) return [];
    const found = await users.load(owner);
    const { state } = found;
    const fits = state.status !== "absent" && (!status || state.status === status) && (!role || state.roles[role]);
    return fits ? [found] : [];
  }
}

export type PermissionChange = { readonly granted: readonly Permission[]; readonly denied: readonly Permission[] };
