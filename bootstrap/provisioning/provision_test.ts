import { afterAll, expect, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDatabases } from "../cluster/backing.ts";
import { startReplica } from "../cluster/replica.ts";
import { freePort, startKeyVault, startNats, withMongodb, withOwnNats } from "../servers/mod.ts";
import type { DatabaseUser } from "./accounts.ts";

const root = mkdtempSync(join(tmpdir(), "lucent-provision-"));
const folder = join(root, "provisioned");
const part = (...path: readonly string[]) => join(folder, ...path);
const read = (...path: readonly string[]) => readFileSync(part(...path), "utf8");
const authority = part("authority", "ca.pem");
const users = (): readonly DatabaseUser[] => JSON.parse(read("mongodb", "users.json"));
const deployed = (name: string) => readFileSync(join(import.meta.dir, "..", "..", "deploy", name), "utf8");
afterAll(() => rmSync(root, { recursive: true }));

async function provision(args: readonly string[], env: Readonly<Record<string, string>>) {
  const { PATH = "", HOME = "" } = process.env;
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "..", "provision.ts"), ...args], {
    env: { PATH, HOME, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, said: said.join("") };
}

/** All that was written, by path. */
function written(): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(path, "utf8")]));
}

const vaultUrl = "https://default.lowkey-vault:8443";
const keys = () => provision(["keys", folder, "nats"], { LUCENT_KEY_VAULT_URL: vaultUrl });
expect(await keys()).toEqual({ code: 0, said: "" });

/** A fake Key Vault with the certificate that was provisioned, as Lowkey Vault has it. */
const storage = join(root, "key_vault");
mkdirSync(join(storage, "certificates"), { recursive: true });
cpSync(authority, join(storage, "certificates", "ca.pem"));
for (const file of ["key.pem", "cert.pem"]) cpSync(part("tls", file), join(storage, "certificates", file));
const vault = await startKeyVault({ storage });
afterAll(() => vault[Symbol.asyncDispose]());
const client = { LUCENT_KEY_VAULT_URL: vault.url, LUCENT_CA_FILE: authority, ...vault.env };
const accounts = () => provision(["accounts", folder], client);
expect(await accounts()).toEqual({ code: 0, said: "" });

test("keys are made once, for their owner only, with a certificate for each server by its name", async () => {
  const before = written();
  expect(await keys()).toEqual({ code: 0, said: "" });
  expect(written()).toEqual(before);
  for (const path of Object.keys(before)) expect(statSync(path).mode & 0o777).toBe(path === authority ? 0o644 : 0o600);
  const certificate = new X509Certificate(read("tls", "cert.pem"));
  for (const host of ["nats", "default.lowkey-vault", "localhost"]) expect(certificate.checkHost(host)).toBe(host);
  expect(certificate.checkHost("mongodb")).toBeUndefined();
  expect(read("mongodb", "key_file")).toMatch(/^[A-Za-z0-9+/]{1000,1024}$/);
  expect(JSON.parse(read("vault", "vaults.json")).vaults[0].attributes.baseUri).toBe(vaultUrl);
});

test("accounts keep their passwords from run to run; the broker's file has hashes only", async () => {
  const before = users();
  expect(new Set(before.map(({ password }) => password)).size).toBe(6);
  expect(await accounts()).toEqual({ code: 0, said: "" });
  expect(users()).toEqual(before);
  type Broker = { readonly accounts: Readonly<Record<string, { readonly users: { readonly password: string }[] }>> };
  const broker: Broker = JSON.parse(read("nats", "accounts.conf"));
  const passwords = Object.values(broker.accounts).flatMap(({ users }) => users.map(({ password }) => password));
  expect(passwords).toHaveLength(9);
  for (const password of passwords) expect(password).toMatch(/^\$2b\$10\$/);
});

test.each([
  ["no vault", ["keys", folder], {}, "LUCENT_KEY_VAULT_URL"],
  ["no folder", ["keys"], client, "name a folder"],
  ["an unknown step", ["all", folder], client, "name a step"],
  ["an authority that is not there", ["accounts", folder], { ...client, LUCENT_CA_FILE: "none" }, "LUCENT_CA_FILE"],
])("%s is refused in one line", async (_name, args, env: Readonly<Record<string, string>>, fault) => {
  const { code, said } = await provision(args, env);
  expect({ code, said }).toEqual({
    code: 1,
    said: expect.stringMatching(new RegExp(`^Cannot provision: ${fault}.*\n$`)),
  });
});

await withMongodb(() =>
  withOwnNats(() => {
    const tls = { caFile: authority, keyFile: part("tls", "key.pem"), certFile: part("tls", "cert.pem") };

    /** nats-server as it is deployed, but for its places. */
    async function startDeployedNats() {
      const port = freePort();
      const home = join(root, "nats");
      mkdirSync(join(home, "accounts"), { recursive: true });
      cpSync(part("nats", "accounts.conf"), join(home, "accounts", "accounts.conf"));
      const configFile = join(home, "nats.conf");
      const config = deployed("nats.conf")
        .replace("0.0.0.0", "127.0.0.1")
        .replace("4222", `${port}`)
        .replace("8222", `${freePort()}`)
        .replace('"/data"', JSON.stringify(join(home, "data")))
        .replaceAll('"/tls/', `"${part("tls")}/`);
      writeFileSync(configFile, config);
      return startNats({ port, storage: home, tls, configFile });
    }
    const passwordOf = (service: string) => users().find(({ name }) => name === `lucent_${service}`)?.password ?? "";

    test("a service and the keeper run in production on what was provisioned", async () => {
      await using running = new AsyncDisposableStack();
      mkdirSync(join(root, "mongodb"));
      const mongo = running.use(await startDatabases(join(root, "mongodb"), passwordOf));
      const broker = running.use(await startDeployedNats());
      const port = freePort();
      const ended = (code: number | null) => void Bun.write(join(root, "ended"), `${code}`);
      const common = {
        ...{ LUCENT_ENVIRONMENT: "production", LUCENT_MODE: "distributed", LUCENT_HOST: "0.0.0.0" },
        ...{ LUCENT_PUBLIC_URL: "http://127.0.0.1:3000", LUCENT_ORIGINS: "", LUCENT_NATS_URL: broker.url },
        ...{ LUCENT_MONGODB_URL: `${mongo.url}/`, LUCENT_NETWORKS: deployed("networks.json"), ...client },
        ...{ LUCENT_PORT: `${port}`, LUCENT_ADDRESS: `http://127.0.0.1:${port}` },
      };
      for (const service of ["keeper", "play"])
        running.use(startReplica({ environment: { ...common, LUCENT_SERVICE: service }, logs: root, ended }));
      const ready = () => fetch(`http://127.0.0.1:${port}/health/ready`).then((response) => response.json());
      let state: unknown;
      for (let attempt = 0; attempt < 200 && state === undefined; attempt++) {
        state = await ready().catch(() => undefined);
        await Bun.sleep(50);
      }
      const log = readFileSync(join(root, "play.log"), "utf8");
      expect({ state, log }).toMatchObject({ state: { ready: true, dependencies: { nats: "up" } } });
    });
  }),
);
