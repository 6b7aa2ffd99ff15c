import { setTimeout } from "node:timers/promises";
import { createWalletsAhead, type Keys, type Network, walletAheadKind } from "../domains/wallet/mod.ts";
import type { NewId } from "../ports/mod.ts";
import type { Footing } from "./host.ts";

type Options = { readonly keys: Keys; readonly networks: readonly Network[]; readonly newId: NewId };

const size = 50;
/** Milliseconds for others after each. */
const rest = 10;

/** Keeps wallets ready; one of the service's processes makes them. */
export function keepWalletsAhead({ stores, every }: Footing, { keys, networks, newId }: Options) {
  const ahead = createWalletsAhead({
    ...{ ahead: stores.records(walletAheadKind), keys, newId, size, giveWay: () => setTimeout(rest) },
    networks: networks.map(({ id }) => id),
  });
  every(1_000, "make wallets ahead", ahead.fill);
  return ahead;
}
