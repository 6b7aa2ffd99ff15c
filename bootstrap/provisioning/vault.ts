import { randomBytes } from "node:crypto";
import { DefaultAzureCredential } from "@azure/identity";
import { KeyClient, type KeyClientOptions } from "@azure/keyvault-keys";
import { SecretClient } from "@azure/keyvault-secrets";
import type { AccountName } from "../distributed/accounts.ts";
import { type Secret, secretName } from "../distributed/secrets.ts";
import { processNames, serviceNames } from "../service_names.ts";

/** The key that wraps the wallets' data keys. */
export const walletsKey = "lucent-wallets";

type Identity = Readonly<Record<"IDENTITY_ENDPOINT" | "IDENTITY_HEADER", string>>;

type Vault = {
  readonly url: string;
  /** PEM of the authority that signed its certificate, where it is none of the usual. */
  readonly ca?: string;
  /** True for a vault in one of Azure's domains. */
  readonly verifyChallenge?: boolean;
  /** Where its token comes from. Default: what this process's own environment says, in every way that Azure's SDK knows. */
  readonly env?: Identity;
};

export type Passwords = Readonly<Record<AccountName, Partial<Record<Secret, string>>>>;

/** Gives every process and the reader their secrets and the wallets their key, where the vault lacks them; answers all. */
export async function provisionVault({ url, ca, verifyChallenge = false, env }: Vault): Promise<Passwords> {
  const credential = env ? { getToken: () => tokenOf(env) } : new DefaultAzureCredential();
  const options: Omit<KeyClientOptions, "serviceVersion"> = {
    disableChallengeResourceVerification: !verifyChallenge,
    ...(ca !== undefined && { tlsOptions: { ca } }),
  };
  const secrets = new SecretClient(url, credential, options);
  const keys = new KeyClient(url, credential, options);

  async function secretOf(service: AccountName, secret: Secret): Promise<string> {
    const name = secretName(service, secret);
    try {
      return (await secrets.getSecret(name)).value ?? "";
    } catch (error) {
      if (!isAbsent(error)) throw error;
      return (await secrets.setSecret(name, randomBytes(32).toString("hex"))).value ?? "";
    }
  }

  try {
    await keys.getKey(walletsKey);
  } catch (error) {
    if (!isAbsent(error)) throw error;
    await keys.createKey(walletsKey, "RSA", { keySize: 3072 });
  }
  const all = ([...processNames, "reader"] as const).map(async (account) => {
    const needed = secretsOf(account).map(async (secret) => [secret, await secretOf(account, secret)] as const);
    return [account, Object.fromEntries(await Promise.all(needed))] as const;
  });
  return Object.fromEntries(await Promise.all(all)) as Passwords;
}

/** Who is no service has no database, and nothing to seal. */
function secretsOf(account: AccountName): readonly Secret[] {
  const stores = (serviceNames as readonly string[]).includes(account);
  return stores ? ["mongodb-password", "nats-password", "sealing-key"] : ["nats-password"];
}

async function tokenOf(env: Identity) {
  const url = `${env.IDENTITY_ENDPOINT}?resource=https://vault.azure.net&api-version=2019-08-01`;
  const answer = await fetch(url, { headers: { "x-identity-header": env.IDENTITY_HEADER } });
  const { access_token: token, expires_on: expires } = (await answer.json()) as Record<string, string>;
  return { token: token ?? "", expiresOnTimestamp: Number(expires) * 1000 };
}

function isAbsent(error: unknown): boolean {
  return (error as { readonly statusCode?: number }).statusCode === 404;
}
