import { expect, test } from "bun:test";
import { join } from "node:path";
import { startKeyVault } from "../../bootstrap/servers/mod.ts";

type Server = Awaited<ReturnType<typeof startKeyVault>>;

/** What comes of a task in a process of its own, which has nothing but this in its environment. */
async function run(task: "make" | "use", { url, caFile }: Server, identity: Readonly<Record<string, string>>) {
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, ...identity, KEY_VAULT_URL: url, KEY_VAULT_CA: caFile };
  const command = [process.execPath, join(import.meta.dir, "_identity_client_test.ts"), task];
  const child = Bun.spawn(command, { env, stdio: ["ignore", "pipe", "inherit"] });
  return JSON.parse(await new Response(child.stdout).text());
}

test("a process reads secrets and seals as the identity that its environment names, and has the first secret within 2 s", async () => {
  await using server = await startKeyVault();
  expect(await run("make", server, server.env)).toEqual({ fault: "Error: It did not fail" });
  const { secrets, opened, took } = await run("use", server, server.env);
  expect({ secrets, opened }).toEqual({ secrets: { "nats-password": "pässword" }, opened: "a seed" });
  expect(took).toBeLessThan(2_000);
}, 30_000);

test("an identity that is refused a token gets no secret", async () => {
  await using server = await startKeyVault();
  await run("make", server, server.env);
  const { secrets, fault } = await run("use", server, { ...server.env, IDENTITY_HEADER: "another" });
  expect(secrets).toBeUndefined();
  // The SDK tells a managed identity that is refused as one that is away.
  expect(fault).toBe('VaultUnreachable: Cannot read secret "nats-password": no answer (AggregateAuthenticationError)');
}, 30_000);
