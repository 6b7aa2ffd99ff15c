/** Bytes that only the vault's key opens, as base64url; says itself which key and version sealed it. */
export type Sealed = { readonly key: string; readonly nonce: string; readonly ciphertext: string };

/**
 * Seals under a key that is never handed out (AES-256-GCM). What was sealed for one `purpose` (`wallet/<id>/seed/1`) opens
 * for no other: it is the associated data. Throws `VaultUnreachable` where the vault does not answer, `VaultThrottled` where it
 * wants to be left alone, `VaultForbidden`, `VaultEntryDisabled` or `VaultEntryAbsent` where it refuses its key, `SealBroken`
 * where key, purpose or bytes are not those that were sealed.
 */
export interface Vault {
  seal(purpose: string, plain: Uint8Array): Promise<Sealed>;
  open(purpose: string, sealed: Sealed): Promise<Uint8Array>;
}
