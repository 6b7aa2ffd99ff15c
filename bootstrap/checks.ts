import type { Checks } from "../adapters/http/mod.ts";
import type { Footing } from "./host.ts";
import type { Chains } from "./services.ts";

/** What readiness names: each service's store and relay, and each network's node. */
export function checksOf(footings: readonly Footing[], chains: Chains): Checks {
  const stores = footings.flatMap(({ name, stores, relay }) => [
    [`${name} store`, () => stores.journal.read({ limit: 1 })] as const,
    [`${name} relay`, () => relay.check()] as const,
  ]);
  const nodes = [...chains].map(([network, chain]) => [network, () => chain.head()] as const);
  return Object.fromEntries([...stores, ...nodes]);
}
