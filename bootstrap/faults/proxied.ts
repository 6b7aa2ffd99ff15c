import type { Backing } from "../cluster/backing.ts";
import type { NetworkConfig } from "../networks.ts";
import { startToxiproxy, type Way } from "../servers/mod.ts";

export type Dependency = "database" | "broker" | "vault" | "chain";

/** What stands between the services and what they depend on. */
export type Between = {
  readonly proxies: Readonly<Record<Dependency, Way>>;
  readonly backing: (backing: Backing) => Backing;
  readonly networks: readonly NetworkConfig[];
};

/** Puts a Toxiproxy between services and servers. Servers are named when they stand. */
export async function putBetween(
  backing: Backing,
  networks: readonly NetworkConfig[],
  running: AsyncDisposableStack,
): Promise<Between> {
  const toxiproxy = running.use(await startToxiproxy());
  const hostOf = (url: string) => new URL(url).host;
  const chainUrl = networks.flatMap(({ rpc }) => rpc)[0] ?? "";
  const proxies = {
    database: await toxiproxy.proxy("database", hostOf(backing.mongodb.url)),
    broker: await toxiproxy.proxy("broker", hostOf(backing.nats.url)),
    vault: await toxiproxy.proxy("vault", hostOf(backing.vault.url)),
    chain: await toxiproxy.proxy("chain", hostOf(chainUrl)),
  };
  return {
    proxies,
    backing: (given) => ({
      ...given,
      distribution: (service, address) => ({
        ...given.distribution(service, address),
        mongodb: `mongodb://${proxies.database.address}/`,
        nats: [`tls://${proxies.broker.address}`],
        keyVault: `https://${proxies.vault.address}`,
      }),
    }),
    networks: networks.map((network) => ({
      ...network,
      rpc: network.rpc.map(() => `http://${proxies.chain.address}`),
    })),
  };
}
