import type { Replica } from "../../adapters/gateway/mod.ts";
import type { Discovered } from "../../adapters/nats/mod.ts";
import type { ServiceName } from "../service_names.ts";
import { prefixes } from "./prefixes.ts";

/** Who answered when a service was asked for: which one it is, is known by the question. */
export type FoundReplica = Pick<Discovered, "id" | "metadata"> & { readonly service: ServiceName };

/** A process that has much to do may miss a discovery or two. One that is dead is found out by its connections. */
const grace = 5_000;

/**
 * Who serves, by what discoveries find one after another. Who was there a moment ago is taken to be; who takes back where it
 * serves is left out at once.
 */
export function createReplicas(now: () => number = () => performance.now()) {
  const known = new Map<string, { readonly replica: Replica; readonly seen: number }>();
  return (found: readonly FoundReplica[]): readonly Replica[] => {
    for (const each of found) {
      const replica = replicaOf(each);
      if (replica) known.set(each.id, { replica, seen: now() });
      else known.delete(each.id);
    }
    for (const [id, { seen }] of known) if (now() - seen > grace) known.delete(id);
    return [...known.values()].map(({ replica }) => replica);
  };
}

/** A replica that serves tells where; one that has just started, is about to end, or serves none, does not. */
function replicaOf({ service, id, metadata: { http } }: FoundReplica): Replica | undefined {
  return http ? { service, id, url: http, prefixes: prefixes[service] } : undefined;
}
