import { readFileSync } from "node:fs";
import { faultOf, freshDataKeys } from "./_stage_test.ts";
import { createKeyVault, createReadSecrets } from "./mod.ts";

/** What a process sees that knows of the server and of itself only what is in the environment. */
async function see() {
  const { KEY_VAULT_URL: url = "", KEY_VAULT_CA: file = "" } = process.env;
  const connection = { url, ca: readFileSync(file, "utf8"), verifyChallenge: false };
  const begun = performance.now();
  const secrets = await createReadSecrets({ connection })(["nats-password"]);
  const took = performance.now() - begun;
  const vault = createKeyVault({ connection, key: "kek", dataKeys: freshDataKeys() });
  const opened = Buffer.from(await vault.open("p", await vault.seal("p", Buffer.from("a seed")))).toString();
  return { secrets, took, opened };
}

/** Run by identity_test.ts as a process of its own: the SDK keeps tokens for as long as a process lives. */
if (import.meta.main) {
  const seen = see();
  const { name, message } = await faultOf(seen);
  process.stdout.write(JSON.stringify({ fault: `${name}: ${message}`, ...(await seen.catch(() => ({}))) }));
}
