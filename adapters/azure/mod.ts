/**
 * Azure Key Vault: the vault that seals keys, and the secrets of services.
 *
 * @module
 */
export type { KeyVaultConnection } from "./_connection.ts";
export { type DataKey, dataKeyKind, type Rewrapped } from "./_data_keys.ts";
export type { Patience } from "./_patience.ts";
export { createKeyVault, type KeyVault, type KeyVaultOptions } from "./key_vault.ts";
export { createReadSecrets, type ReadSecrets } from "./secrets.ts";
