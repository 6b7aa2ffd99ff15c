import { DefaultAzureCredential, type TokenCredential } from "@azure/identity";
import { CryptographyClient, KeyClient, type KeyClientOptions } from "@azure/keyvault-keys";
import { SecretClient } from "@azure/keyvault-secrets";
import { Declined } from "./_answers.ts";

export type KeyVaultConnection = {
  /** `https://<vault>.vault.azure.net` */
  readonly url: string;
  /** Default: `DefaultAzureCredential`, so the workload's or managed identity where the platform gives one. */
  readonly credential?: TokenCredential;
  /** PEM of the authority that signed the server's certificate, where it is none of the usual. */
  readonly ca?: string;
  /** False for a server outside Azure's domains: its challenge names a resource that is not its own host. */
  readonly verifyChallenge?: boolean;
};

type Policy = NonNullable<KeyClientOptions["additionalPolicies"]>[number]["policy"];

/** Whether Key Vault could have a key, a version or a secret of this name. */
export function isName(text: string): boolean {
  return /^[0-9a-zA-Z-]{1,127}$/.test(text);
}

/** Takes answers before the SDK does, whose errors would carry the request's body. */
const declines: Policy = {
  name: "declines",
  async sendRequest(request, next) {
    const response = await next(request);
    if (response.status >= 200 && response.status < 300) return response;
    throw new Declined(response.status, response.bodyAsText, response.headers.get("retry-after"));
  },
};

/** Key Vault's clients. They never try twice by themselves: how long to try is decided in one place. */
export function connect({
  url,
  credential = new DefaultAzureCredential(),
  ca,
  verifyChallenge = true,
}: KeyVaultConnection) {
  const { origin } = new URL(url);
  const options = (): Omit<KeyClientOptions, "serviceVersion"> => ({
    retryOptions: { maxRetries: 0 },
    disableChallengeResourceVerification: !verifyChallenge,
    additionalPolicies: [{ policy: declines, position: "perCall" }],
    ...(ca !== undefined && { tlsOptions: { ca } }),
  });
  return {
    keys: () => new KeyClient(origin, credential, options()),
    secrets: () => new SecretClient(origin, credential, options()),
    /**
     * One version of a key. It is not looked up first: the SDK would refuse to unwrap by a version that has expired, which
     * Key Vault allows, and has to for what an earlier version wrapped.
     */
    version(name: string, version: string) {
      const id = `${origin}/keys/${name}/${version}`;
      const properties = { name, version, vaultUrl: origin };
      return new CryptographyClient(
        { name, id, keyOperations: ["wrapKey", "unwrapKey"], properties },
        credential,
        options(),
      );
    },
  };
}
