/**
 * The fake Key Vault as a process of its own, started by `startKeyVault` with the folder of its certificates and settings.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { serveFakeIdentity } from "./_fake_identity.ts";
import { startFakeKeyVault } from "./fake_key_vault.ts";
import { readSettings } from "./key_vault.ts";

const [storage = ""] = Bun.argv.slice(2);
const { port, identityPort, header, token } = readSettings(storage);
const pem = (name: string) => readFileSync(join(storage, "certificates", `${name}.pem`), "utf8");
const certificates = { ca: pem("ca"), key: pem("key"), cert: pem("cert") };
const fake = await startFakeKeyVault({ port, storage, certificates, token, remembers: false });
serveFakeIdentity({
  ...{ port: identityPort, header, token },
  behave(behaviour) {
    fake.behaviour = behaviour;
  },
});
