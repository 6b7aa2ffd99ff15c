import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type KeyVaultServer, startKeyVault } from "./key_vault.ts";

const storage = mkdtempSync(join(tmpdir(), "lucent-key-vault-"));
afterAll(() => rmSync(storage, { recursive: true }));

type Bundle = { readonly key: { readonly kid: string }; readonly [name: string]: unknown };
const json = async (response: Response) => (await response.json()) as Bundle;

const version = "api-version=7.6";

/** A client that asks for a token as an App Service's process does. */
async function openClient({ url, ca, env }: Pick<KeyVaultServer, "url" | "ca" | "env">) {
  const headers = { "x-identity-header": env.IDENTITY_HEADER };
  const asked = new URLSearchParams({ resource: "https://vault.azure.net", "api-version": "2019-08-01" });
  const given = await json(await fetch(`${env.IDENTITY_ENDPOINT}?${asked}`, { headers }));
  const authorization = `Bearer ${given.access_token}`;
  return {
    given,
    async ask(method: string, path: string, body?: object): Promise<Bundle & { readonly status: number }> {
      const request = { method, headers: { authorization }, ...(body && { body: JSON.stringify(body) }) };
      const answer = await fetch(`${url}${path}?${version}`, {
        ...request,
        tls: { ca },
        signal: AbortSignal.timeout(500),
      });
      const { status } = answer;
      return { ...(await json(answer)), status };
    },
  };
}

const wrapping = { alg: "RSA-OAEP-256", value: Buffer.from("a data key").toString("base64url") };

test("a token is given as App Service gives it, to who sends the header", async () => {
  await using server = await startKeyVault();
  const { given } = await openClient(server);
  const left = Number(given.expires_on) - Date.now() / 1_000;
  expect(given).toMatchObject({ resource: "https://vault.azure.net", token_type: "Bearer" });
  expect(given.expires_on).toMatch(/^\d+$/);
  expect(left > 3_600 && left <= 86_400).toBe(true);
  const { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: header } = server.env;
  const status = async (query: string, sent: string) =>
    (await fetch(`${endpoint}?${query}`, { headers: { "x-identity-header": sent } })).status;
  expect(await status("resource=r&api-version=2019-08-01", "another")).toBe(401);
  expect(await status("resource=r&api-version=2017-09-01", header)).toBe(400);
  expect(await status("api-version=2019-08-01", header)).toBe(400);
});

test("killed and started again it has its URL, its authority, its keys and its secrets, all for its owner only", async () => {
  let server = await startKeyVault({ storage });
  const { url, ca, env } = server;
  const first = await openClient(server);
  await first.ask("PUT", "/secrets/password", { value: "old" });
  const { id } = await first.ask("PUT", "/secrets/password", { value: "pässword" });
  const { key } = await first.ask("POST", "/keys/kek/create", { kty: "RSA", key_size: 2048 });
  const path = new URL(key.kid).pathname;
  const { value } = await first.ask("POST", `${path}/wrapkey`, wrapping);
  await first.ask("PATCH", path, { attributes: { exp: 1_000_000 } });
  server.kill("SIGKILL");
  await server.exited;
  await server[Symbol.asyncDispose]();
  server = await startKeyVault({ storage });
  await using _ = server;
  expect({ url: server.url, ca: server.ca, env: server.env }).toEqual({ url, ca, env });
  const { ask } = await openClient(server);
  expect(await ask("GET", "/secrets/password")).toMatchObject({ status: 200, value: "pässword", id });
  expect(await ask("GET", path)).toMatchObject({ attributes: { enabled: true, exp: 1_000_000 } });
  expect((await ask("POST", `${path}/unwrapkey`, { ...wrapping, value })).value).toBe(wrapping.value);
  const files = readdirSync(storage, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const modes = files.map(({ parentPath, name }) => statSync(join(parentPath, name)).mode & 0o777);
  expect(files.map(({ name }) => name).sort()).toEqual([
    "ca.pem",
    "cert.pem",
    "kek.json",
    "key.pem",
    "password.json",
    "settings.json",
  ]);
  expect(new Set(modes)).toEqual(new Set([0o600]));
});

test("what a vault would refuse to make is refused", async () => {
  await using server = await startKeyVault();
  const { ask } = await openClient(server);
  const cases = [
    ["PUT", "/secrets/a_b", { value: "v" }, 400],
    ["PUT", "/secrets/a", {}, 400],
    ["POST", "/keys/a/create", { kty: "EC" }, 400],
    ["POST", "/keys/a/create", { kty: "RSA", key_size: 1024 }, 400],
    ["POST", "/keys/%2e%2e/create", { kty: "RSA" }, 400],
    ["GET", "/secrets/a", undefined, 404],
    ["GET", "/keys/a", undefined, 404],
    ["DELETE", "/secrets/a", undefined, 405],
  ] as const;
  for (const [method, path, body, status] of cases) {
    expect({ method, path, status: (await ask(method, path, body)).status }).toEqual({ method, path, status });
  }
});

test("it behaves as it is told, also by another process, until it is told otherwise", async () => {
  await using server = await startKeyVault();
  const { ask } = await openClient(server);
  await ask("PUT", "/secrets/password", { value: "v" });
  const outcome = () =>
    ask("GET", "/secrets/password").then(
      ({ status }) => status,
      ({ name }) => name,
    );
  expect(await outcome()).toBe(200);
  await server.behave("throttled");
  expect(await outcome()).toBe(429);
  await server.behave("broken");
  expect(await outcome()).toBe(500);
  await server.behave("silent");
  expect(await outcome()).toBe("TimeoutError");
  await server.behave("cut");
  expect(await outcome()).not.toBe(200);
  const tell = async (body: string, header = server.env.IDENTITY_HEADER) => {
    const headers = { "x-identity-header": header };
    const url = new URL("/fake/behaviour", server.env.IDENTITY_ENDPOINT);
    return (await fetch(url, { method: "PUT", headers, body })).status;
  };
  expect(await tell('"well"', "another")).toBe(401);
  expect(await tell('"toString"')).toBe(400);
  expect(await tell("well")).toBe(400);
  expect(await outcome()).not.toBe(200);
  expect(await tell('"well"')).toBe(204);
  expect(await outcome()).toBe(200);
});

test("the command that starts servers prints what a client needs, and takes them with it", async () => {
  const command = [process.execPath, join(import.meta.dir, "main.ts"), "key_vault"];
  const child = Bun.spawn(command, { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  for await (const chunk of child.stdout) {
    printed += new TextDecoder().decode(chunk);
    if (printed.includes("AZURE_TOKEN_CREDENTIALS=") && printed.endsWith("\n")) break;
  }
  const variables = Object.fromEntries(
    printed
      .trim()
      .split("\n")
      .map((line) => line.split("=")),
  );
  const { KEY_VAULT_URL: url, KEY_VAULT_CA: caFile, ...env } = variables;
  const { ask } = await openClient({ url, ca: readFileSync(caFile, "utf8"), env });
  expect((await ask("GET", "/secrets/a")).status).toBe(404);
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
  await expect(ask("GET", "/secrets/a")).rejects.toThrow();
  expect(existsSync(caFile)).toBe(false);
});
