/**
 * A user: registered at the first sign-in, with roles and permissions on top, settings and a name; suspended, reactivated.
 * Sessions are records; here is only that they began and ended.
 *
 * @module
 */
import type { AggregateKind, Proof } from "../../ports/mod.ts";
import { type AccountId, accept, type Decision, type Instant, refuse, type UserId } from "../shared/mod.ts";
import { type Permission, permissionsOf, type Role, roles } from "./permissions.ts";
import type { Settings } from "./settings.ts";

/** How someone proved who they are: `siwe` is EIP-4361. */
export type SignInMethod = "siwe";

export type Identity = { readonly account: AccountId; readonly since: Instant };

export type RegisteredUser = {
  readonly status: "active" | "suspended";
  readonly registeredAt: Instant;
  readonly displayName: string;
  readonly identities: readonly Identity[];
  /** By role, so that each can be searched for. */
  readonly roles: { readonly [Name in Role]?: "held" };
  readonly granted: readonly Permission[];
  readonly denied: readonly Permission[];
  readonly settings: Settings;
  /** The newest session that began. */
  readonly session?: string;
};

export type User = { readonly status: "absent" } | RegisteredUser;

export type UserEvent =
  | {
      readonly type: "UserRegistered";
      readonly account: AccountId;
      readonly roles: readonly Role[];
      readonly at: Instant;
    }
  | ({ readonly type: "UserSignedIn" } & SignIn)
  | { readonly type: "SessionsEnded"; readonly sessions: readonly string[]; readonly reason: SessionsEndedReason }
  | { readonly type: "ProfileChanged"; readonly displayName: string }
  | { readonly type: "SettingsChanged"; readonly settings: Settings }
  | ({ readonly type: "RolesChanged"; readonly roles: readonly Role[] } & Approved)
  | ({
      readonly type: "PermissionsChanged";
      readonly granted: readonly Permission[];
      readonly denied: readonly Permission[];
    } & Approved)
  | ({ readonly type: "UserSuspended"; readonly reason: string; readonly at: Instant } & Approved)
  | ({ readonly type: "UserReactivated"; readonly reason: string; readonly at: Instant } & Approved);

type Approved = { readonly by: UserId; readonly proof: Proof };

export type SignIn = {
  readonly session: string;
  readonly method: SignInMethod;
  readonly account: AccountId;
  readonly at: Instant;
};

export type SessionsEndedReason = "signed-out" | "refresh-token-reused" | "suspended";

export type RegisterUser = { readonly account: AccountId; readonly roles: readonly Role[]; readonly at: Instant };

/** Makes a user of whoever owns the account. */
export function registerUser(user: User, { account, roles: held, at }: RegisterUser): Decision<UserEvent, never> {
  if (user.status !== "absent") return accept();
  return accept<UserEvent>({ type: "UserRegistered", account, roles: held, at });
}

export type SignInRefusal = "user-not-found" | "user-suspended";

/** Begins a session. */
export function signIn(user: User, command: SignIn): Decision<UserEvent, SignInRefusal> {
  if (user.status === "absent") return refuse("user-not-found");
  if (user.status === "suspended") return refuse("user-suspended");
  if (user.session === command.session) return accept();
  return accept<UserEvent>({ type: "UserSignedIn", ...command });
}

export type EndSessions = { readonly sessions: readonly string[]; readonly reason: SessionsEndedReason };

/** Ends sessions: whoever holds their tokens is signed out. */
export function endSessions(user: User, { sessions, reason }: EndSessions): Decision<UserEvent, never> {
  if (user.status === "absent" || sessions.length === 0) return accept();
  return accept<UserEvent>({ type: "SessionsEnded", sessions, reason });
}

export type ChangeProfileRefusal = "user-not-found";

/** Changes how the user wants to be called. */
export function changeProfile(user: User, displayName: string): Decision<UserEvent, ChangeProfileRefusal> {
  if (user.status === "absent") return refuse("user-not-found");
  if (user.displayName === displayName) return accept();
  return accept<UserEvent>({ type: "ProfileChanged", displayName });
}

/** The roles that a user holds, in the catalogue's order. */
export function rolesOf(user: RegisteredUser): readonly Role[] {
  return roleNames.filter((role) => user.roles[role] === "held");
}

/** What the user may do beyond what is theirs. Someone who is suspended may do nothing: callers check the status. */
export function rightsOf(user: RegisteredUser): ReadonlySet<Permission> {
  return permissionsOf({ roles: rolesOf(user), granted: user.granted, denied: user.denied });
}

/** Replays a recorded fact. It never refuses: what is recorded has happened. */
export function evolve(user: User, event: UserEvent): User {
  if (event.type === "UserRegistered") return registered(event);
  if (user.status === "absent") return user;
  switch (event.type) {
    case "UserSignedIn":
      return { ...user, session: event.session };
    case "SessionsEnded":
      return user;
    case "ProfileChanged":
      return { ...user, displayName: event.displayName };
    case "SettingsChanged":
      return { ...user, settings: event.settings };
    case "RolesChanged":
      return { ...user, roles: holding(event.roles) };
    case "PermissionsChanged":
      return { ...user, granted: event.granted, denied: event.denied };
    case "UserSuspended":
      return { ...user, status: "suspended" };
    case "UserReactivated":
      return { ...user, status: "active" };
  }
}

function registered({ account, roles: held, at }: Extract<UserEvent, { type: "UserRegistered" }>): RegisteredUser {
  return {
    status: "active",
    registeredAt: at,
    displayName: "",
    identities: [{ account, since: at }],
    roles: holding(held),
    granted: [],
    denied: [],
    settings: {},
  };
}

function holding(held: readonly Role[]): RegisteredUser["roles"] {
  return Object.fromEntries(held.map((role) => [role, "held"]));
}

export const roleNames = Object.keys(roles) as readonly Role[];

export const userKind: AggregateKind<User, UserEvent> = {
  name: "user",
  initial: { status: "absent" },
  evolve,
  upcasters: [],
  indexes: [["status"], ...roleNames.flatMap((role) => [[`roles.${role}`], [`roles.${role}`, "status"]])],
};
