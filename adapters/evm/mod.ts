/**
 * EVM chains by JSON-RPC, with ethers for encodings.
 *
 * @module
 */
export { createAbiCodec } from "./abi_codec.ts";
export { type ConnectedChain, createEvmChain, type EvmChainOptions } from "./chain.ts";
export { createReadContract } from "./read_contract.ts";
export { canonicalEvmAccount, verifyEvmSignature } from "./signatures.ts";
