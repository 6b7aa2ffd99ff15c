/**
 * `npm run provision -- keys <folder> <host>…`, then `npm run provision -- accounts <folder>`: what the servers of a deployment
 * need before services can use them. Nothing that is there is made anew; the folder has a part for each reader.
 *
 * @module
 */
import { keyVaultConnection } from "./distributed/secrets.ts";
import { provisionAccounts } from "./provisioning/accounts.ts";
import { provisionKeys } from "./provisioning/keys.ts";
import { readHttpsUrl, readPath } from "./variables.ts";

function refuse(fault: string): never {
  process.stderr.write(`Cannot provision: ${fault}\n`);
  process.exit(1);
}

const { LUCENT_KEY_VAULT_URL = "", LUCENT_CA_FILE } = process.env;
const [step, folder, ...hosts] = Bun.argv.slice(2);
const vault = readHttpsUrl(LUCENT_KEY_VAULT_URL);
if ("fault" in vault) refuse(`LUCENT_KEY_VAULT_URL: ${vault.fault}`);
const authority = LUCENT_CA_FILE ? readPath(LUCENT_CA_FILE) : { value: undefined };

try {
  if (!folder) refuse("name a folder");
  if (step === "keys") await provisionKeys({ folder, hosts, vault: vault.value });
  else if (step !== "accounts") refuse("name a step: keys or accounts");
  else if ("fault" in authority) refuse(`LUCENT_CA_FILE: ${authority.fault}`);
  else {
    const connection = keyVaultConnection({ keyVault: vault.value, authority: authority.value });
    await provisionAccounts({ folder, connection });
  }
} catch (error) {
  refuse(error instanceof Error ? error.message : String(error));
}
