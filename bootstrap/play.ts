import { createAbiCodec } from "../adapters/evm/mod.ts";
import { playRoutes } from "../adapters/http/mod.ts";
import {
  capacityKind,
  claimKind,
  createPlayService,
  playKind,
  playReactions,
  playVersionKind,
} from "../domains/play/mod.ts";
import { orderKind } from "../domains/task/mod.ts";
import { permissions } from "../domains/user/mod.ts";
import { type JsonSchemas, reactor, type VerifyProof } from "../ports/mod.ts";
import { type Host, openService } from "./host.ts";
import type { Routes } from "./serve.ts";

type Options = { readonly schemas: JsonSchemas; readonly verifyProof: VerifyProof };

/** Wires the play service. */
export function startPlay(host: Host, { schemas, verifyProof }: Options) {
  const { clock, newId, digest } = host;
  const footing = openService("play", host);
  const { open } = footing.stores;
  const kinds = {
    ...{ plays: open(playKind), versions: open(playVersionKind) },
    ...{ capacities: open(capacityKind), claims: open(claimKind) },
  };
  const { selector } = createAbiCodec();
  const service = createPlayService({
    ...{ ...kinds, schemas, selector, permissions: Object.keys(permissions) },
    ...{ verifyProof, digest, clock, newId },
  });
  footing.react(reactor(orderKind, playReactions(service).order));
  const routes: Routes = (guards) => [playRoutes(service, guards)];
  return { service, footing, kinds, stores: Object.values(kinds), routes };
}
