import { afterAll, expect, test } from "bun:test";
import { join } from "node:path";
import { DefaultAzureCredential } from "@azure/identity";
import { KeyClient } from "@azure/keyvault-keys";
import { SecretClient } from "@azure/keyvault-secrets";
import { startKeyVault } from "../../bootstrap/servers/mod.ts";

const server = await startKeyVault();
const before = { ...process.env };
Object.assign(process.env, server.env);
afterAll(async () => {
  for (const name of Object.keys(server.env)) {
    const value = before[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  await server[Symbol.asyncDispose]();
});

const options = { tlsOptions: { ca: server.ca }, disableChallengeResourceVerification: true };
const credential = new DefaultAzureCredential();
await new SecretClient(server.url, credential, options).setSecret("nats-password", "pässword");
await new KeyClient(server.url, credential, options).createKey("kek", "RSA", { keySize: 2048 });

/** What a process of its own sees, with nothing but this in its environment. */
async function seenBy(identity: Readonly<Record<string, string>>) {
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, ...identity, KEY_VAULT_URL: server.url, KEY_VAULT_CA: server.caFile };
  const command = [process.execPath, join(import.meta.dir, "_identity_client_test.ts")];
  const child = Bun.spawn(command, { env, stdio: ["ignore", "pipe", "inherit"] });
  return JSON.parse(await new Response(child.stdout).text());
}

test("a process reads secrets and seals as the identity that its environment names, and has the first secret within 2 s", async () => {
  const { secrets, opened, took } = await seenBy(server.env);
  expect({ secrets, opened }).toEqual({ secrets: { "nats-password": "pässword" }, opened: "a seed" });
  expect(took).toBeLessThan(2_000);
}, 30_000);

test("an identity that is refused a token gets no secret", async () => {
  const { secrets, fault } = await seenBy({ ...server.env, IDENTITY_HEADER: "another" });
  expect(secrets).toBeUndefined();
  // The SDK tells a managed identity that is refused as one that is away.
  expect(fault).toBe('VaultUnreachable: Cannot read secret "nats-password": no answer (AggregateAuthenticationError)');
}, 30_000);
