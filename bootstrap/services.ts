import { createSchemas } from "../adapters/ajv/mod.ts";
import { createEvmChain, createReadContract, verifyEvmSignature } from "../adapters/evm/mod.ts";
import type { GuardDependencies } from "../adapters/http/mod.ts";
import { createConfiguredPrices } from "../adapters/prices/mod.ts";
import { createClock, deriveId, digest, newId } from "../adapters/system/mod.ts";
import { createVerifyProof } from "../domains/user/mod.ts";
import type { EventBus } from "../ports/messaging.ts";
import type { Log, Vault } from "../ports/mod.ts";
import type { Config } from "./config.ts";
import type { Footing, Host } from "./host.ts";
import type { NetworkConfig } from "./networks.ts";
import type { startNotification } from "./notification.ts";
import type { AnyStore } from "./rebuild.ts";
import type { Routes } from "./serve.ts";
import type { ServiceName } from "./service_names.ts";

/** What the services of a platform have in common. */
export type PlatformConfig = Pick<
  Config,
  | "host"
  | "port"
  | "data"
  | "publicUrl"
  | "origins"
  | "rateLimits"
  | "trustedProxies"
  | "prices"
  | "destinationDelay"
  | "logLevel"
> & {
  readonly networks: readonly NetworkConfig[];
  readonly superAdmins: readonly string[];
};

/** What services are made with, beside their hosts; each takes what it needs. */
export type Supplies = {
  readonly config: PlatformConfig;
  readonly vault: Vault;
  readonly chains: Chains;
  readonly permissionsOf: Parameters<typeof startNotification>[1]["permissionsOf"];
};

/** What tests change. */
export type Overrides = {
  /** What stands between the services and their bus. */
  readonly bus?: (bus: EventBus) => EventBus;
  /** Milliseconds between two signed roots. */
  readonly witnessing?: number;
};

/** What every service offers to the process that it runs in. */
export type Service = {
  readonly footing: Footing;
  readonly stores: readonly AnyStore[];
  readonly routes: Routes;
  /** How it knows by itself who asks, and what they may. */
  readonly guarding?: Pick<GuardDependencies, "accessOf" | "useStepUp">;
};

export type Chains = ReturnType<typeof openChains>;

/** The services by name. A process loads those that it runs. */
export const services = {
  user: async (host: Host, { vault, config: { publicUrl, superAdmins } }: Supplies) =>
    (await import("./user.ts")).startUser(host, { vault, publicUrl, superAdmins }),
  play: async (host: Host, { config }: Supplies) =>
    (await import("./play.ts")).startPlay(host, { schemas: createSchemas(), verifyProof: verifyProofFor(config) }),
  wallet: async (host: Host, { vault, chains, config }: Supplies) =>
    (await import("./wallet.ts")).startWallet(host, {
      vault,
      chains,
      networks: config.networks,
      verifyProof: verifyProofFor(config),
      destinationDelay: config.destinationDelay,
      ...reading(host, chains, config),
    }),
  task: async (host: Host, { config }: Supplies) =>
    (await import("./task.ts")).startTask(host, { schemas: createSchemas(), verifyProof: verifyProofFor(config) }),
  portfolio: async (host: Host, { chains, config }: Supplies) =>
    (await import("./portfolio.ts")).startPortfolio(host, {
      networks: config.networks,
      ...reading(host, chains, config),
    }),
  notification: async (host: Host, { permissionsOf, config: { publicUrl } }: Supplies) =>
    (await import("./notification.ts")).startNotification(host, { publicUrl, permissionsOf }),
} satisfies Record<ServiceName, (host: Host, supplies: Supplies) => Promise<Service>>;

/** What a host takes from the machine. */
export const system = { clock: createClock(), newId, deriveId, digest };

/** Connections to the networks that have nodes. They outlive the services, which are disposed of first. */
export function openChains(networks: readonly NetworkConfig[], log: Log, running: AsyncDisposableStack) {
  const served = networks.filter(({ family, rpc }) => family === "evm" && rpc.length > 0);
  return new Map(
    served.map((network) => [network.id, running.use(createEvmChain({ network, urls: network.rpc, log }))] as const),
  );
}

function reading({ clock }: Host, chains: Chains, { prices }: PlatformConfig) {
  return { readContract: createReadContract(chains), priceOf: createConfiguredPrices(prices, clock()) };
}

function verifyProofFor({ publicUrl }: PlatformConfig) {
  return createVerifyProof(publicUrl, verifyEvmSignature);
}
