import { destinationRoutes, freezeRoutes, policyRoutes } from "../adapters/http/mod.ts";
import {
  createDestinationService,
  createFreezeService,
  createJudging,
  createPolicyService,
  destinationsKind,
  platformFreezeKind,
  policyInForceKind,
  policyKind,
  spellingBy,
  volumeKind,
} from "../domains/wallet/mod.ts";
import type { VerifyProof } from "../ports/mod.ts";
import type { Footing, Host } from "./host.ts";
import type { Routes } from "./serve.ts";

type Given = Pick<Parameters<typeof createJudging>[0], "registrations" | "codec"> &
  Pick<Parameters<typeof createPolicyService>[0], "transfers"> & {
    readonly verifyProof: VerifyProof;
    readonly destinationDelay: number;
  };

/** Wires what transfers are judged by. */
export function openPolicy({ stores: { open } }: Footing, { clock, digest, newId }: Host, given: Given) {
  const kinds = { policies: open(policyKind), policyInForce: open(policyInForceKind), volumes: open(volumeKind) };
  const platform = open(platformFreezeKind);
  const destinations = open(destinationsKind);
  const { registrations, codec, transfers, verifyProof, destinationDelay: delay } = given;
  const spelling = spellingBy(codec);
  const judging = createJudging({ ...kinds, destinations, registrations, codec, clock });
  const service = createPolicyService({
    ...{ ...kinds, transfers, verifyProof, clock, digest, newId, spelling },
  });
  /** The routes, once it is known how accounts go on. */
  const routesOf = (given: Omit<Parameters<typeof createFreezeService>[0], "platform" | "clock">): Routes => {
    const freezes = createFreezeService({ ...given, platform, clock });
    const listing = createDestinationService({ ...given, destinations, spelling, delay, clock, newId });
    return (guards) => [
      policyRoutes(service, guards),
      freezeRoutes(freezes, guards),
      destinationRoutes(listing, guards),
    ];
  };
  return { judging, platform, stores: [...Object.values(kinds), platform, destinations], routesOf };
}
