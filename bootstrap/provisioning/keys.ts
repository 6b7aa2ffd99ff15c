import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { makeCertificates } from "../servers/mod.ts";
import { keepFile, writeFile } from "./_files.ts";

type Options = {
  readonly folder: string;
  /** What servers are called by their clients. */
  readonly hosts: readonly string[];
  readonly vault: string;
};

/**
 * What servers need to start, made once: a certificate for all of them (`tls`), the authority that vouches for it
 * (`authority`), the key of the replica set's members and its administrator's password (`mongodb`), and an empty vault for
 * Lowkey Vault to start from (`vault`).
 */
export async function provisionKeys({ folder, hosts, vault }: Options): Promise<void> {
  const certificate = join(folder, "tls", "cert.pem");
  // Written last: one that is there belongs to the others.
  if (!existsSync(certificate)) {
    const { ca, key, cert } = await makeCertificates([...hosts, new URL(vault).hostname]);
    writeFile(join(folder, "authority", "ca.pem"), `${ca}\n`, 0o644);
    writeFile(join(folder, "tls", "key.pem"), `${key}\n`);
    writeFile(certificate, `${cert}\n`);
  }
  keepFile(join(folder, "mongodb", "key_file"), () => randomBytes(756).toString("base64"));
  keepFile(join(folder, "mongodb", "root_password"), () => randomBytes(32).toString("hex"));
  keepFile(join(folder, "vault", "vaults.json"), () => JSON.stringify({ vaults: [emptyVault(vault)] }));
}

/** As Lowkey Vault exports one. */
function emptyVault(baseUri: string) {
  const recovery = { recoveryLevel: "Recoverable+Purgeable", recoverableDays: 90 };
  const attributes = { baseUri, ...recovery, created: Math.floor(Date.now() / 1_000), deleted: null };
  return { attributes, keys: {}, secrets: {}, certificates: {} };
}
