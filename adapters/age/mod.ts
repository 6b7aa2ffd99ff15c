/**
 * Files encrypted to people's public keys, in the format of age (age-encryption.org/v1): other tools of that format read them.
 *
 * @module
 */
export { decrypting, encrypting, isIdentity, isRecipient, NotOurs } from "./age.ts";
