/**
 * What the wallet domain needs of an EVM chain and of keys, in its own words.
 *
 * @module
 */
import type { AccountId, Amount, AssetId, Delta, Instant, NetworkId } from "../shared/mod.ts";

export type Family = "evm" | "solana" | "bitcoin";

/** One of a wallet's accounts: `path` is the BIP-32 path from the seed (SLIP-10 for Solana). */
export type Account = {
  readonly account: AccountId;
  readonly network: NetworkId;
  readonly family: Family;
  readonly address: string;
  readonly path: string;
};

/** What Lucent is told of a chain. `final` is the `finalized` tag or a number of blocks on top. */
export type Network = {
  readonly id: NetworkId;
  readonly name: string;
  readonly family: Family;
  readonly nativeAsset: AssetId;
  readonly symbol: string;
  readonly decimals: number;
  readonly final: "finalized" | number;
};

export type Block = { readonly number: number; readonly hash: string; readonly parent: string; readonly at: Instant };

/** The call of a transaction, encoded: `to` checksummed, `value` in wei, `data` hex. */
export type Call = { readonly to: string; readonly value: Amount; readonly data: string };

/** What a transaction changed for one account. */
export type Effect = { readonly account: AccountId; readonly asset: AssetId; readonly delta: Delta };

/** Something that arrived at an account, on its own: one log, or what one transaction paid natively, contracts' payments among it. */
export type Arrival = {
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly amount: Amount;
  readonly hash: string;
  /** The log's place in the block; -1 for what was paid natively. */
  readonly log: number;
};

/** How a chain grows. */
export interface Blocks {
  /** The newest block, and the number of the newest final one (-1: none yet). */
  head(): Promise<{ readonly latest: Block; readonly final: number }>;
  /** Undefined where the chain has no block of this number (any more). */
  block(number: number): Promise<Block | undefined>;
  /** What arrived at these accounts (checksummed addresses) in a block: native and ERC-20. */
  arrivals(block: Block, addresses: ReadonlySet<string>): Promise<readonly Arrival[]>;
  /** Calls back at every new head until disposed: pushed where the node can, else asked for. */
  watch(tell: () => void): AsyncDisposable;
}

/** What a call would do, were it mined now. */
export type Simulation = {
  readonly outcome: "success" | "reverted";
  /** The revert's reason, decoded; empty on success. */
  readonly reason: string;
  /** The account's own changes by asset, without the network fee. */
  readonly effects: readonly Effect[];
  /** Allowances that the account would give: ERC-20 `Approval` logs with it as the owner. */
  readonly allowances: readonly { readonly asset: AssetId; readonly spender: string; readonly amount: Amount }[];
  /** With headroom. */
  readonly gas: Amount;
};

/** Fees per gas, in wei (EIP-1559). */
export type Fees = { readonly maxFeePerGas: Amount; readonly maxPriorityFeePerGas: Amount };

/** Plans calls before anything is signed. */
export interface Planning {
  simulate(from: string, call: Call): Promise<Simulation>;
  fees(priority: "low" | "normal" | "high"): Promise<Fees>;
  /** The account's number of mined transactions: its next nonce as the chain sees it. */
  minedNonce(address: string): Promise<number>;
}

export type Receipt = {
  readonly hash: string;
  readonly block: { readonly number: number; readonly hash: string };
  readonly outcome: "success" | "reverted";
  /** The fee that was paid, in the native asset. */
  readonly fee: Amount;
  /** All that changed for the account by the transaction, the fee among it. */
  readonly effects: readonly Effect[];
};

/** Sends signed bytes and tells what became of them. */
export interface Sending {
  /** Sending the same bytes again changes nothing. "refused" says why the node will not have them. */
  broadcast(raw: string): Promise<{ readonly sent: true } | { readonly sent: false; readonly refused: string }>;
  /** Undefined while no block of the chain holds it. */
  receipt(hash: string, from: string): Promise<Receipt | undefined>;
}

/** One EVM chain. */
export type EvmChain = { readonly network: Network } & Blocks & Planning & Sending;

/** An EIP-1559 transaction before it is signed. */
export type UnsignedTransaction = Call &
  Fees & { readonly network: NetworkId; readonly nonce: number; readonly gas: Amount };

/** A typed leaf of decoded arguments; nested lists and tuples are flattened. `path` names its place: `1.recipient`. */
export type Leaf = { readonly path: string; readonly type: string; readonly value: string };

/** Reads and writes ABI-encoded calls; `fragment` is human-readable (`function approve(address spender, uint256 amount)`). */
export interface AbiCodec {
  /** "malformed" where fragment or arguments do not fit. */
  encode(fragment: string, args: readonly unknown[]): string | "malformed";
  /** The four-byte selector as hex; "malformed" where it is not a function fragment. */
  selector(fragment: string): string | "malformed";
  /** Undefined where the data is not exactly an encoded call of this function. */
  decode(fragment: string, data: string): readonly Leaf[] | undefined;
}

/** Keeps wallets' seeds, sealed; a seed is open for the time of one derivation or signature. */
export interface Keys {
  /** Makes a wallet's seed, or finds the one that it has, and derives its accounts on the networks. */
  create(wallet: string): Promise<readonly Account[]>;
  /** Signs; the hash is the transaction's. Same bytes in, same bytes out (RFC 6979). */
  sign(
    wallet: string,
    account: Account,
    transaction: UnsignedTransaction,
  ): Promise<{ readonly raw: string; readonly hash: string }>;
}
