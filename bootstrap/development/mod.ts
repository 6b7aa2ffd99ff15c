/**
 * What the platform stands on in development: a local chain with contracts on it, everybody's accounts, a play to try.
 *
 * @module
 */

import type { ConfiguredPrice } from "../../adapters/prices/mod.ts";
import type { AccountId } from "../../domains/shared/mod.ts";
import type { Log } from "../../ports/mod.ts";
import type { NetworkConfig } from "../networks.ts";
import { developmentNames, developmentSigner, localNetwork } from "./accounts.ts";
import { startChain } from "./anvil.ts";
import { type Contracts, deployContracts } from "./deploy.ts";
import { developmentNetworks } from "./networks.ts";
import { seed } from "./seed.ts";

export type Development = AsyncDisposable & {
  readonly networks: readonly NetworkConfig[];
  readonly superAdmins: readonly AccountId[];
  readonly prices: readonly ConfiguredPrice[];
  readonly contracts: Contracts;
  /** Where the chain's node is. */
  readonly chainUrl: string;
  /** Publishes a play and registers the accounts, the first time. */
  seed(url: string): Promise<void>;
  /** Lines for people: the accounts and what to try. */
  readonly about: readonly string[];
};

/** Starts the local chain of this data folder, or finds it where it still runs, and deploys what does not stand yet. */
export async function startDevelopment(data: string, log: Log): Promise<Development> {
  const chain = await startChain({ folder: data, log });
  try {
    const contracts = await deployContracts(chain.url);
    return {
      networks: developmentNetworks(chain.url),
      superAdmins: [developmentSigner("admin").account],
      prices: [
        { asset: `${localNetwork}/slip44:60`, value: "2500", currency: "USD" },
        { asset: `${localNetwork}/erc20:${contracts.token}`, value: "1", currency: "USD" },
      ],
      contracts,
      chainUrl: chain.url,
      seed: (url) => seed(url, chain.url, contracts),
      about: aboutLines(chain.url, contracts),
      [Symbol.asyncDispose]: () => chain.stop(),
    };
  } catch (error) {
    await chain.stop();
    throw error;
  }
}

function aboutLines(url: string, { token, vault }: Contracts): string[] {
  const named = developmentNames.map((name) => `  ${name.padEnd(12)}${developmentSigner(name).account}`);
  return [
    `  Chain       ${url} (anvil, chain id 31337, a block a second)`,
    `  DUSD        ${token}`,
    `  Vault       ${vault} (ERC-4626)`,
    "",
    'Development accounts (mnemonic "test test test test test test test test test test test junk"):',
    ...named,
    "",
    "Try next, in another terminal:",
    "  npm run demo               money goes into a play and comes back, step by step",
    "  npm run token -- admin     a token for Swagger UI's Authorize (or: approver, user)",
    "",
    "Ctrl-C stops the platform and its chain.",
  ];
}
