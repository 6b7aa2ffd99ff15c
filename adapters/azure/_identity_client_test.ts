import { readFileSync } from "node:fs";
import { DefaultAzureCredential } from "@azure/identity";
import { KeyClient } from "@azure/keyvault-keys";
import { SecretClient } from "@azure/keyvault-secrets";
import { faultOf, freshDataKeys } from "./_stage_test.ts";
import { createKeyVault, createReadSecrets } from "./mod.ts";

/** What the environment says, and nothing else. */
function connection() {
  const { KEY_VAULT_URL: url = "", KEY_VAULT_CA: file = "" } = process.env;
  return { url, ca: readFileSync(file, "utf8"), verifyChallenge: false };
}

const tasks = {
  /** Makes a secret and a key by the SDK alone. */
  async make() {
    const { url, ca } = connection();
    const options = { tlsOptions: { ca }, disableChallengeResourceVerification: true };
    const credential = new DefaultAzureCredential();
    await new SecretClient(url, credential, options).setSecret("nats-password", "pässword");
    await new KeyClient(url, credential, options).createKey("kek", "RSA", { keySize: 2048 });
    return {};
  },
  async use() {
    const begun = performance.now();
    const secrets = await createReadSecrets({ connection: connection() })(["nats-password"]);
    const took = performance.now() - begun;
    const vault = createKeyVault({ connection: connection(), key: "kek", dataKeys: freshDataKeys() });
    const opened = Buffer.from(await vault.open("p", await vault.seal("p", Buffer.from("a seed")))).toString();
    return { secrets, took, opened };
  },
};

/** Run by identity_test.ts as a process of its own: the SDK keeps a token for all credentials of a process. */
const task = Object.entries(tasks).find(([name]) => import.meta.main && name === Bun.argv[2])?.[1];
if (task) {
  const doing = task();
  const { name, message } = await faultOf(doing);
  process.stdout.write(JSON.stringify({ fault: `${name}: ${message}`, ...(await doing.catch(() => ({}))) }));
}
