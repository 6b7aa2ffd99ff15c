import { existsSync } from "node:fs";
import { join } from "node:path";
import { seedKind } from "../../adapters/custody/mod.ts";
import { createStores, openDatabase } from "../../adapters/mongodb/mod.ts";
import { walletKind, watchEpochKind, watchedWalletKind } from "../../domains/wallet/mod.ts";
import type { Stores } from "../../ports/adapting.ts";
import type { Log, RecordKind, Vault } from "../../ports/mod.ts";
import type { Config, Distribution } from "../config.ts";
import { databaseOf, urlOf } from "../distributed/ground.ts";
import { readSecrets } from "../distributed/secrets.ts";
import { openVaults } from "../distributed/vaults.ts";
import { openEmbedded } from "../embedded.ts";
import { openLocalVault } from "../local_vault.ts";
import { system } from "../services.ts";

export type Custody = Awaited<ReturnType<typeof openCustody>>;

/** Which backup was taken in, or is being. */
export type Restoration = { readonly backup: string; readonly status: "begun" | "done" };
const restorationKind: RecordKind<Restoration> = { name: "restoration", indexes: [] };

/** The wallet service's stores and vault, without the service: of the data folder, or of the database that it has to itself. */
export async function openCustody({ data, distribution }: Pick<Config, "data" | "distribution">, log: Log) {
  await using running = new AsyncDisposableStack();
  const { stores, vault, ready } = distribution
    ? await openShared(distribution, running)
    : await openFolder(data, log, running);
  const { open, records } = stores;
  const custody = {
    ...{ vault, wallets: open(walletKind), seeds: records(seedKind), restorations: records(restorationKind) },
    ...{ watchedWallets: records(watchedWalletKind), watchEpochs: records(watchEpochKind) },
  };
  await ready();
  const end = running.move();
  return { ...custody, [Symbol.asyncDispose]: () => end.disposeAsync() };
}

type Opened = { readonly stores: Stores; readonly vault: Vault; readonly ready: () => Promise<void> };

async function openFolder(data: string, log: Log, running: AsyncDisposableStack): Promise<Opened> {
  const ground = openEmbedded({ data, clock: system.clock, log, running, between: (bus) => bus });
  const storesOf = (service: string) => ground(service).stores;
  const vault = await openLocalVault(data, storesOf);
  return { stores: storesOf("wallet"), vault, ready: async () => {} };
}

async function openShared(distribution: Distribution, running: AsyncDisposableStack): Promise<Opened> {
  const { service, mongodb, authority } = distribution;
  if (service !== "wallet" || mongodb === undefined)
    throw new Error("LUCENT_SERVICE: only the wallet service's identity may use the wallets' key: wallet");
  const secrets = await readSecrets(distribution, "mongodb-password", "sealing-key");
  const url = urlOf({ mongodb, service, password: secrets["mongodb-password"], authority });
  const database = running.use(openDatabase({ url, name: databaseOf(service) }));
  // What is recorded waits for the service, which carries it to the bus.
  const stores = createStores(database, system.clock, { backlog: Number.POSITIVE_INFINITY });
  return { stores, vault: openVaults(distribution, secrets, stores).vault, ready: stores.ready };
}

/** Whether there is an embedded platform in the folder. */
export function isPlatform(data: string): boolean {
  return existsSync(join(data, "wallet.sqlite"));
}
