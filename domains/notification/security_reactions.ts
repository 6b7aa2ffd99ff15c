import type { Cause } from "../../ports/mod.ts";
import type { Instant, UserId } from "../shared/mod.ts";
import { type Notify, toUser } from "./_telling.ts";
import type { Ending } from "./live.ts";

type Telling = {
  readonly notify: Notify;
  readonly disconnect: (user: UserId, why: Ending, sessions?: readonly string[]) => void;
};

type Listed = { user: UserId; account: string };
const added = ({ account, label, activeFrom }: Listed & { label: string; activeFrom: Instant }) => ({
  ...{ account, label, activeFrom },
});

/** What users are told of their account. Whoever may no longer listen is disconnected first. */
export function securityReactions({ notify, disconnect }: Telling) {
  const tell = (user: string, type: string, title: string, data: Readonly<Record<string, unknown>>, cause: Cause) =>
    notify({ audience: user as UserId, type, title, data }, cause);
  const wallet = toUser(notify, "wallet");
  return {
    destinations: {
      DestinationAdded: wallet("security.destination-added", "New destination for your wallet", added),
      DestinationRemoved: wallet("security.destination-removed", "Destination removed", ({ account }: Listed) => ({
        account,
      })),
    },

    user: {
      UserRegistered({ account }: { account: string }, user: string, cause: Cause) {
        return tell(user, "account.registered", "Welcome to Lucent", { account }, cause);
      },

      UserSignedIn(
        event: { session: string; method: string; account: string; at: Instant },
        user: string,
        cause: Cause,
      ) {
        const { session, method, account, at } = event;
        return tell(user, "security.signed-in", "Signed in", { session, method, account, at }, cause);
      },

      SessionsEnded(event: { sessions: readonly string[]; reason: string }, user: string, cause: Cause) {
        const { sessions, reason } = event;
        disconnect(user as UserId, "session-ended", sessions);
        return tell(user, "security.sessions-ended", "Signed out", { sessions, reason }, cause);
      },

      RolesChanged({ roles }: { roles: readonly string[] }, user: string, cause: Cause) {
        disconnect(user as UserId, "permissions-changed");
        return tell(user, "security.roles-changed", "Your roles were changed", { roles }, cause);
      },

      PermissionsChanged(
        { granted, denied }: { granted: readonly string[]; denied: readonly string[] },
        user: string,
        cause: Cause,
      ) {
        disconnect(user as UserId, "permissions-changed");
        const data = { granted, denied };
        return tell(user, "security.permissions-changed", "Your permissions were changed", data, cause);
      },

      UserSuspended({ reason }: { reason: string }, user: string, cause: Cause) {
        disconnect(user as UserId, "session-ended");
        return tell(user, "security.suspended", "Your account was suspended", { reason }, cause);
      },

      UserReactivated({ reason }: { reason: string }, user: string, cause: Cause) {
        return tell(user, "security.reactivated", "Your account is active again", { reason }, cause);
      },
    },
  };
}
