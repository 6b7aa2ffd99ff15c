import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../free_port.ts";
import type { BehaviourName } from "./_fake_identity.ts";
import { writeWhole } from "./_kept_versions.ts";
import { type ServerProcess, startProcess } from "./_process.ts";
import { type CertificateFiles, keepCertificates } from "./certificates.ts";

type Options = {
  readonly port?: number;
  /** Where it keeps keys, secrets, certificates and ports; by default in a folder that goes with it. */
  readonly storage?: string;
};

export type KeyVaultServer = ServerProcess & {
  /** PEM of the authority that signed its certificate, and a file with it. */
  readonly ca: string;
  readonly caFile: string;
  /** What it serves with. Other servers of this machine may, too: one authority is enough for their clients. */
  readonly certificates: CertificateFiles;
  /** What the environment of a client has to have, so that `DefaultAzureCredential` gets a token. */
  readonly env: Readonly<Record<"IDENTITY_ENDPOINT" | "IDENTITY_HEADER" | "AZURE_TOKEN_CREDENTIALS", string>>;
  /** How it answers from now on. Another process may `PUT /fake/behaviour` where `IDENTITY_ENDPOINT` is, as `behave` does. */
  behave(behaviour: BehaviourName): Promise<void>;
};

type Settings = {
  readonly port: number;
  readonly identityPort: number;
  readonly header: string;
  readonly token: string;
};

const settingsFile = (storage: string) => join(storage, "settings.json");
export const readSettings = (storage: string): Settings => JSON.parse(readFileSync(settingsFile(storage), "utf8"));

/**
 * Starts a fake Key Vault over TLS, which has the real one's paths, status codes and error bodies, and gives tokens to whoever
 * knows `env`. Started again with the same storage it is the same server: URL, authority, keys and secrets.
 */
export async function startKeyVault({ port, storage }: Options = {}): Promise<KeyVaultServer> {
  const folder = storage ?? mkdtempSync(join(tmpdir(), "lucent-key-vault-"));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const certificates = await keepCertificates(join(folder, "certificates"));
  const { caFile } = certificates;
  const settings = keepSettings(folder, port);
  const env = {
    IDENTITY_ENDPOINT: `http://127.0.0.1:${settings.identityPort}/msi/token`,
    IDENTITY_HEADER: settings.header,
    AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
  };
  const askIdentity = (path: string, request: RequestInit = {}) =>
    fetch(new URL(path, env.IDENTITY_ENDPOINT), { ...request, headers: { "x-identity-header": env.IDENTITY_HEADER } });
  const server = await startProcess({
    name: "the fake Key Vault",
    url: `https://127.0.0.1:${settings.port}`,
    command: [process.execPath, join(import.meta.dir, "key_vault_main.ts"), folder],
    answers: async () => (await askIdentity("/msi/token?resource=ready&api-version=2019-08-01")).ok,
    ...(storage === undefined && { temporary: folder }),
  });
  return {
    ...server,
    ...{ ca: readFileSync(caFile, "utf8"), caFile, certificates, env },
    async behave(behaviour) {
      const { ok } = await askIdentity("/fake/behaviour", { method: "PUT", body: JSON.stringify(behaviour) });
      if (!ok) throw new Error(`Cannot make the fake Key Vault behave: ${behaviour}`);
    },
  };
}

/** The settings that the folder has, else new ones; the port is another one where that is wished. */
function keepSettings(folder: string, port: number | undefined): Settings {
  const kept = existsSync(settingsFile(folder)) ? readSettings(folder) : undefined;
  const secret = () => randomBytes(24).toString("base64url");
  const usual = kept ?? { port: freePort(), identityPort: freePort(), header: secret(), token: secret() };
  const settings = { ...usual, ...(port !== undefined && { port }) };
  writeWhole(settingsFile(folder), settings);
  return settings;
}
