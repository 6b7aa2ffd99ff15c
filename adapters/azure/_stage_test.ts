import { readFileSync } from "node:fs";
import { DefaultAzureCredential } from "@azure/identity";
import { KeyClient } from "@azure/keyvault-keys";
import { startFakeKeyVault } from "../../bootstrap/servers/mod.ts";
import type { Instant } from "../../domains/shared/mod.ts";
import { createStores, openDatabase } from "../sqlite/mod.ts";
import type { KeyVaultConnection } from "./_connection.ts";
import type { Patience } from "./_patience.ts";
import { createKeyVault, dataKeyKind, type KeyVaultOptions } from "./mod.ts";

export const freshDataKeys = () => createStores(openDatabase(":memory:"), () => "" as Instant).records(dataKeyKind);

/** Gives up soon, so that tests of outages do not last. */
export const hasty: Patience = { answer: 150, budget: 350, failures: 4, rest: 100 };

export async function faultOf(work: Promise<unknown>): Promise<Error & { readonly retryable?: boolean }> {
  return await work.then(
    () => new Error("It did not fail"),
    (error) => error,
  );
}

/** A fake with a key "kek", and vaults on it: each call of `open` is another process with the same store. */
export async function openStage() {
  const fake = await startFakeKeyVault();
  const version = fake.addKey("kek");
  const dataKeys = freshDataKeys();
  const open = (options: Partial<KeyVaultOptions> = {}) =>
    createKeyVault({ connection: fake.connection(), key: "kek", dataKeys, ...options });
  return { fake, version, dataKeys, open, [Symbol.asyncDispose]: () => fake.stop() };
}

/**
 * The server at `KEY_VAULT_URL`, with the authority in the file `KEY_VAULT_CA` where it has its own; the fake where none is
 * named. Where the environment names an identity, that one asks; else any token goes.
 */
export async function anyServer() {
  const url = process.env.KEY_VAULT_URL;
  const fake = url ? undefined : await startFakeKeyVault();
  const connection = fake?.connection() ?? connectionTo(url ?? "");
  const { ca, credential, verifyChallenge = true } = connection;
  if (!credential) throw new Error("Cannot make keys without a credential");
  const keys = new KeyClient(connection.url, credential, {
    disableChallengeResourceVerification: !verifyChallenge,
    ...(ca !== undefined && { tlsOptions: { ca } }),
  });
  return {
    connection,
    keys,
    /** A key that nobody else has, or another version of it; the version. */
    async makeKey(name: string = `lucent-${crypto.randomUUID()}`) {
      const { properties } = await keys.createKey(name, "RSA", { keySize: 2048 });
      return { name, version: properties.version ?? "" };
    },
    close: () => fake?.stop(),
  };
}

function connectionTo(url: string): KeyVaultConnection {
  const file = process.env.KEY_VAULT_CA;
  const anybody = { getToken: async () => ({ token: "any", expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const credential = process.env.IDENTITY_ENDPOINT ? new DefaultAzureCredential() : anybody;
  return { url, credential, verifyChallenge: false, ...(file && { ca: readFileSync(file, "utf8") }) };
}
