/**
 * Azure Key Vault: the vault that seals keys, and the secrets of services.
 *
 * @module
 */
export { dataKeyKind } from "./_data_keys.ts";
export { createKeyVault, type KeyVault, type KeyVaultOptions } from "./key_vault.ts";
export { createReadSecrets } from "./secrets.ts";
