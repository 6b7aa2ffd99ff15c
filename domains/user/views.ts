import type { Instant, UserId } from "../shared/mod.ts";
import type { Session } from "./_sessions.ts";
import type { Permission, Role } from "./permissions.ts";
import { defaultSettings, type Settings } from "./settings.ts";
import { type Identity, type RegisteredUser, rightsOf, rolesOf } from "./user.ts";

/** What a user and the team see of the user. */
export type UserView = {
  readonly id: UserId;
  readonly status: "active" | "suspended";
  readonly displayName: string;
  readonly identities: readonly Identity[];
  readonly roles: readonly Role[];
  /** What roles and grants give, without what is denied. */
  readonly permissions: readonly Permission[];
  readonly granted: readonly Permission[];
  readonly denied: readonly Permission[];
  readonly registeredAt: Instant;
};

export function userView(id: UserId, user: RegisteredUser): UserView {
  const { status, displayName, identities, granted, denied, registeredAt } = user;
  const permissions = [...rightsOf(user)].toSorted();
  return { id, status, displayName, identities, roles: rolesOf(user), permissions, granted, denied, registeredAt };
}

/** A user's settings: what they chose, and the defaults for what they did not. */
export type SettingsView = Settings & Required<Omit<Settings, "riskProfile">>;

export function settingsView({ settings }: RegisteredUser): SettingsView {
  return { ...defaultSettings, ...settings };
}

/** A device that is signed in, as its user sees it. */
export type SessionView = Pick<Session, "method" | "account" | "agent" | "startedAt" | "refreshedAt" | "expiresAt"> & {
  readonly id: string;
  /** Whether it is the one that asks. */
  readonly current: boolean;
};

export function sessionView(id: string, session: Session, current: boolean): SessionView {
  const { method, account, agent, startedAt, refreshedAt, expiresAt } = session;
  return { id, method, account, agent, startedAt, refreshedAt, expiresAt, current };
}
