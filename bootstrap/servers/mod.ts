/**
 * Servers for tests, benches and development: real ones from ordinary package registries, and a fake Key Vault.
 *
 * @module
 */

export { freePort } from "../free_port.ts";
export { ServerMissing } from "./_install.ts";
export { watch } from "./_process.ts";
export { withProgram } from "./_testing.ts";
export { type CertificateFiles, keepCertificates, makeCertificates } from "./certificates.ts";
export { withCheckers } from "./checkers.ts";
export {
  type Behaviour,
  broken,
  forbidden,
  invalidToken,
  startFakeKeyVault,
  throttled,
} from "./fake_key_vault.ts";
export { type KeyVaultServer, startKeyVault } from "./key_vault.ts";
export { installSecantus, startSecantus, withMongodb } from "./mongodb.ts";
export { installNats, startNats, withNats, withOwnNats } from "./nats.ts";
export { installToxiproxy, startToxiproxy, type Toxic, type Way, withToxiproxy } from "./toxiproxy.ts";
