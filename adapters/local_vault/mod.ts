/**
 * Vaults of one process: keys in a file that only its owner may read, or given as a secret.
 *
 * @module
 */
export { createSecretVault } from "./secret_vault.ts";
export { createLocalVault, type LocalVault } from "./vault.ts";
