import type { RecordKind, Stored } from "./record_store.ts";

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

/** Records in which something is sealed. `resealed` is the value with each seal replaced by what `again` answers for it. */
export type SealedKind<Value> = RecordKind<Value> & {
  readonly resealed: (
    record: Stored<Value>,
    again: (purpose: string, sealed: Sealed) => Promise<Sealed>,
  ) => Promise<Value>;
};
