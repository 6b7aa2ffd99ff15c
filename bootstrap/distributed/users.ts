import { createTokenReader, keySetKind } from "../../adapters/tokens/mod.ts";
import { accessKind, createAccess, type Permission, userKind } from "../../domains/user/mod.ts";
import type { Questions } from "../../ports/messaging.ts";
import type { Footing, Host } from "../host.ts";
import { remoteUsers } from "./remote.ts";

type Options = { readonly publicUrl: string; readonly ask: Questions["ask"] };

/**
 * Who asks a service, and what they may: tokens by the user service's keys, access by its events. Both are kept in the
 * service's own store, and go on while the user service is down.
 */
export function knowUsers({ stores: { records } }: Pick<Footing, "stores">, host: Host, { publicUrl, ask }: Options) {
  const { fetchKeys, confirm, useStepUp } = remoteUsers(ask);
  const { clock, log } = host;
  const identity = { issuer: publicUrl, audience: publicUrl };
  const tokens = createTokenReader({ ...identity, fetchKeys, kept: records(keySetKind), clock, log });
  const access = createAccess({ accesses: records(accessKind), kind: userKind, confirm });

  async function accessOf(token: string, needed?: Permission) {
    const claims = await tokens.read(token);
    const permissions = claims && (await access.permissionsOf(claims.user, claims.session, needed));
    return permissions && { ...claims, permissions };
  }

  return {
    permissionsOf: access.permissionsOf,

    /** What the guards of a service need: from now on it follows users' events. */
    guarding({ name, react }: Footing) {
      react({ consumer: `${name}-access`, kind: userKind.name, concerns: () => true, react: access.learn });
      return { accessOf, useStepUp };
    },
  };
}
