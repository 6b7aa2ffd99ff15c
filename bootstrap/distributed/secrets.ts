import { readFileSync } from "node:fs";
import { createReadSecrets } from "../../adapters/azure/mod.ts";
import type { Distribution } from "../config.ts";
import type { AccountName } from "./accounts.ts";

export type Secret = "mongodb-password" | "nats-password" | "sealing-key";

/** What a service is given by Key Vault when it starts. */
export type Secrets = Readonly<Record<Secret, string>>;

/** What a secret is called in Key Vault: each service's identity needs `get` on its own. */
export const secretName = (service: AccountName, secret: Secret) => `lucent-${service}-${secret}` as const;

/** Outside Azure's domains a vault names a resource in its challenge that is not its own host. */
const azure = /\.vault\.(azure\.net|azure\.cn|usgovcloudapi\.net)$/;

export function keyVaultConnection({ keyVault, authority }: Pick<Distribution, "keyVault" | "authority">) {
  return {
    url: keyVault,
    verifyChallenge: azure.test(new URL(keyVault).hostname),
    ...(authority !== undefined && { ca: readFileSync(authority, "utf8") }),
  };
}

/** Reads some of a service's secrets; all or none. */
export async function readSecrets<const Name extends Secret>(
  distribution: Distribution,
  ...wanted: readonly Name[]
): Promise<Pick<Secrets, Name>> {
  const { service } = distribution;
  const read = createReadSecrets({ connection: keyVaultConnection(distribution) });
  const found = await read(wanted.map((secret) => secretName(service, secret)));
  const entries = wanted.map((secret) => [secret, found[secretName(service, secret)]] as const);
  return Object.fromEntries(entries) as Pick<Secrets, Name>;
}
