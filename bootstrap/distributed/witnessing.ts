import type { Questions } from "../../ports/messaging.ts";
import type { Vault } from "../../ports/mod.ts";
import type { Ground, Host } from "../host.ts";
import type { ServiceName } from "../service_names.ts";
import { createWitness, signingKeyKind } from "../witness.ts";
import { remoteWitness } from "./remote.ts";

type Options = {
  readonly name: ServiceName;
  readonly ground: Ground;
  readonly vault: Vault;
  readonly ask: Questions["ask"];
  readonly host: Host;
  /** Milliseconds between two signed roots. */
  readonly witnessing: number | undefined;
};

/** Signs roots over the service's own journal, and hands them to the next service. */
export function witnessOwn({ name, ground, vault, ask, host: { clock, log }, witnessing }: Options) {
  const { journal, records } = ground.stores;
  const witness = remoteWitness(name, ask);
  const created = createWitness({
    services: [{ service: name, journal, keys: records(signingKeyKind), witness }],
    ...{ vault, clock, log },
    ...(witnessing !== undefined && { milliseconds: witnessing }),
  });
  const [own] = created.journals;
  if (!own) throw new Error("What is witnessed has a journal");
  return { ...created, own };
}
