import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import type { Distribution } from "../config.ts";
import { type AccountName, brokerConfig } from "../distributed/accounts.ts";
import { databaseOf } from "../distributed/ground.ts";
import { provisionVault, walletsKey } from "../provisioning/vault.ts";
import {
  type CertificateFiles,
  freePort,
  type KeyVaultServer,
  startKeyVault,
  startNats,
  startSecantus,
} from "../servers/mod.ts";
import { type ProcessName, serviceNames } from "../service_names.ts";
import { supervise } from "./supervised.ts";

export type Backing = Awaited<ReturnType<typeof startBacking>>;

/**
 * The servers of a distributed platform on one machine, each with credentials of its own for every process: SecantusDB in
 * MongoDB's place, nats-server over TLS, a fake Key Vault unless one is given. Started again with the same folder they are the
 * same; database and broker are started again when they end.
 */
export async function startBacking(folder: string, given?: KeyVaultServer) {
  await using starting = new AsyncDisposableStack();
  const storage = (name: string) => {
    const path = join(folder, name);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  };
  const vault = given ?? starting.use(await startKeyVault({ storage: storage("key_vault") }));
  const passwords = await provisionVault(vault);
  const passwordOf = (account: AccountName, secret: "mongodb-password" | "nats-password") =>
    passwords[account][secret] ?? "";
  const [mongodb, nats] = await Promise.all([
    startDatabases(storage("mongodb"), (service) => passwordOf(service, "mongodb-password")),
    startBroker(storage("nats"), vault.certificates, (account) => passwordOf(account, "nats-password")),
  ]);
  starting.use(mongodb);
  starting.use(nats);
  const end = starting.move();
  return {
    ...{ vault, mongodb, nats, passwordOf },
    /** Where the broker keeps its streams. */
    streams: join(storage("nats"), "jetstream"),
    /** What the environment of every process has to have. */
    env: vault.env,
    distribution: (service: ProcessName, address: string): Distribution => ({
      ...{ service, address, nats: [nats.url], keyVault: vault.url, keyVaultKey: walletsKey },
      mongodb: `${mongodb.url}/`,
      authority: vault.caFile,
    }),
    [Symbol.asyncDispose]: () => end.disposeAsync(),
  };
}

/** A database and a user for each service. Users are made by a server that asks nobody who they are, the first time. */
export async function startDatabases(storage: string, passwordOf: (service: ProcessName) => string) {
  const port = freePort();
  const done = join(storage, "users-made");
  if (!existsSync(done)) {
    await using open = await startSecantus({ storage, port });
    const admin = new MongoClient(open.url);
    for (const service of serviceNames) {
      const name = databaseOf(service);
      const roles = [{ role: "readWrite", db: name }];
      await admin
        .db(name)
        .command({ dropUser: name })
        .catch(() => {});
      await admin.db(name).command({ createUser: name, pwd: passwordOf(service), roles });
    }
    await admin.close();
    writeFileSync(done, "");
  }
  return await supervise(() => startSecantus({ storage, port, auth: true }));
}

/** Knows each account by its password, and lets it do what it may. */
async function startBroker(storage: string, tls: CertificateFiles, passwordOf: (account: AccountName) => string) {
  const port = freePort();
  return await supervise(() => startNats({ storage, port, tls, config: brokerConfig(passwordOf) }));
}
