/**
 * Access tokens (jose), and secrets.
 *
 * @module
 */

export { signingKeysKind } from "./_signing_keys.ts";
export { openAccessTokens } from "./access_tokens.ts";
export { newSecret } from "./secrets.ts";
export { createTokenReader, keySetKind } from "./token_reader.ts";
