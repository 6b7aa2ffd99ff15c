/**
 * EVM chains by JSON-RPC, with ethers for encodings.
 *
 * @module
 */
export { createAbiCodec } from "./abi_codec.ts";
export { createEvmChain } from "./chain.ts";
export { createReadContract } from "./read_contract.ts";
export { canonicalEvmAccount, verifyEvmSignature } from "./signatures.ts";
