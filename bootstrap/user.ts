import { canonicalEvmAccount, verifyEvmSignature } from "../adapters/evm/mod.ts";
import { sessionRoutes, userRoutes } from "../adapters/http/mod.ts";
import { newSecret, openAccessTokens, signingKeysKind } from "../adapters/tokens/mod.ts";
import {
  createUserService,
  identityKind,
  nonceKind,
  sessionKind,
  stepUpKind,
  superAdminsKind,
  userKind,
} from "../domains/user/mod.ts";
import type { Vault } from "../ports/mod.ts";
import { type Host, openService } from "./host.ts";
import type { Routes } from "./serve.ts";

type Options = { readonly vault: Vault; readonly publicUrl: string; readonly superAdmins: readonly string[] };

/** Wires the user service. */
export async function startUser(host: Host, { vault, publicUrl, superAdmins }: Options) {
  const { clock, newId, digest } = host;
  const footing = openService("user", host);
  const { open, records } = footing.stores;
  const kinds = { users: open(userKind), identities: open(identityKind), superAdmins: open(superAdminsKind) };
  const service = createUserService({
    ...kinds,
    ...{ nonces: records(nonceKind), sessions: records(sessionKind), stepUps: records(stepUpKind) },
    tokens: await openAccessTokens({
      ...{ keys: records(signingKeysKind), vault, clock, newId },
      ...{ issuer: publicUrl, audience: publicUrl },
    }),
    namedSuperAdmins: superAdmins,
    canonicalAccount: canonicalEvmAccount,
    verifySignature: verifyEvmSignature,
    ...{ publicUrl, newSecret, digest, clock, newId },
  });
  footing.every(60_000, "forget expired sessions", service.forgetExpired);
  const routes: Routes = (guards) => [sessionRoutes(service, guards), userRoutes(service, guards)];
  const { accessOf, useStepUp } = service;
  return { service, footing, stores: Object.values(kinds), routes, guarding: { accessOf, useStepUp } };
}
