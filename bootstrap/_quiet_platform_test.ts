import type { UserId } from "../domains/shared/mod.ts";
import type { Cause } from "../ports/mod.ts";
import { developmentNetworks } from "./development/networks.ts";
import { platformConfig } from "./end_to_end/stand.ts";
import { freePort } from "./free_port.ts";
import { startPlatform } from "./platform.ts";

export const owner = "019aaf3e-8a52-7cc2-9d14-000000000001" as UserId;
export const cause: Cause = { actor: owner, correlation: "c1" };

/** An embedded platform on networks that only have addresses: no chain is needed. */
export function startQuietly(data: string) {
  const networks = developmentNetworks("").map((network) => ({ ...network, rpc: [] }));
  return startPlatform(platformConfig({ networks, superAdmins: [], prices: [] }, data, freePort()));
}

/** Makes a wallet; its id and accounts. */
export async function makeWallet({ services }: Awaited<ReturnType<typeof startQuietly>>, label: string) {
  const made = await services.wallet.wallets.create(label, cause);
  if (!made.ok) throw new Error(made.refusal);
  return made.view;
}
