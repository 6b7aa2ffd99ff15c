import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { AbiCoder, HDNodeWallet, Interface, keccak256 } from "ethers";
import solc from "solc";
import { type AssetId, accountId, amount, type Instant, type NetworkId } from "../../domains/shared/mod.ts";
import type { Arrival, Block, Effect, Network } from "../../domains/wallet/mod.ts";
import type { Log } from "../../ports/mod.ts";
import { createEvmChain } from "./chain.ts";

export const network: Network = {
  ...{ id: "eip155:31337" as NetworkId, name: "Local", family: "evm", symbol: "ETH", decimals: 18, final: 2 },
  nativeAsset: "eip155:31337/slip44:60" as AssetId,
};

const phrase = "test test test test test test test test test test test junk";
/** An account that anvil funds with 10,000 ETH. */
export const accountAt = (place: number) => HDNodeWallet.fromPhrase(phrase, "", `m/44'/60'/0'/0/${place}`);
/** An address that has nothing. */
export const freshAddress = () => HDNodeWallet.createRandom().address;
/** The tokens of a contract, as an asset; with an id those of an ERC-721 or ERC-1155. */
export const tokenOf = (address: string, namespace = "erc20", token?: number) =>
  `${network.id}/${namespace}:${address}${token === undefined ? "" : `/${token}`}` as AssetId;

const { resolve } = createRequire(import.meta.url);
const binary = createRequire(resolve("@foundry-rs/anvil/package.json")).resolve(
  `@foundry-rs/anvil-${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}/bin/anvil`,
);

/** Ends anvil once nobody holds the other end of its input: when it is told to, and when this process dies, however it does. */
const guarded = '"$@" & read -r _; kill -9 $!; wait $!';

/** A fresh anvil. Without arguments it mines only when told. */
export async function startAnvil(port = 0, args: readonly string[] = ["--no-mining"]) {
  const command = ["sh", "-c", guarded, "sh", binary, "--port", `${port}`, ...args];
  const anvil = Bun.spawn(command, { stdin: "pipe", stdout: "pipe", stderr: "ignore" });
  let told = "";
  const decoder = new TextDecoder();
  const output = anvil.stdout.getReader();
  let host: string | undefined;
  while (host === undefined) {
    const { value, done } = await output.read();
    if (done) throw new Error(`anvil ended: ${told}`);
    told += decoder.decode(value);
    host = /Listening on (\S+)/.exec(told)?.[1];
  }
  // Nobody reads on: a full pipe would hold it up.
  (async () => {
    while (!(await output.read()).done);
  })();
  async function stop() {
    anvil.stdin.end();
    await anvil.exited;
  }
  return { url: `http://${host}`, port: Number(host.split(":")[1]), stop, [Symbol.asyncDispose]: stop };
}

/** Connects to the test chain by these URLs; what is logged is kept. */
export function connect(urls: string | readonly string[], options: Partial<Parameters<typeof createEvmChain>[0]> = {}) {
  const logged: { readonly message: string; readonly details: Readonly<Record<string, unknown>> }[] = [];
  const log: Log = (message, details) => logged.push({ message, details });
  return { ...createEvmChain({ network, urls: [urls].flat(), log, ...options }), logged };
}

/** A call of a contract, as a transaction wants it. */
export function callOf({ address, abi }: Contract, name: string, args: readonly unknown[] = [], value = 0n) {
  return { to: address, value, data: abi.encodeFunctionData(name, args) };
}

/** What arrived natively by a transaction. */
export function nativeArrival(to: string, value: bigint, hash: string): Arrival {
  return { account: accountId(network.id, to), asset: network.nativeAsset, amount: amount(value), hash, log: -1 };
}

/** What arrived of a token by a log. */
export function tokenArrival(to: string, token: string, value: bigint, hash: string, log: number): Arrival {
  return { account: accountId(network.id, to), asset: tokenOf(token), amount: amount(value), hash, log };
}

/** By asset, so that effects compare in any order. */
export function sorted(effects: readonly Effect[]): readonly Effect[] {
  return effects.toSorted((a, b) => a.asset.localeCompare(b.asset));
}

/** Until it is so; a test that waits too long fails by its own deadline. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await setTimeout(10);
}

/** What tests do to a chain, besides what the adapter does: plain JSON-RPC, transactions, contracts. */
export function drive(url: string) {
  async function rpc<Result = unknown>(method: string, ...params: readonly unknown[]): Promise<Result> {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
    const { result, error } = (await answer.json()) as { result: Result; error?: { message: string } };
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  /** Signed bytes of the account's next transaction. */
  async function signed(
    from: HDNodeWallet,
    call: { to?: string; value?: bigint; data?: string },
    gasLimit = 3_000_000n,
  ) {
    const nonce = Number(await rpc<string>("eth_getTransactionCount", from.address, "pending"));
    const fees = { maxFeePerGas: 10_000_000_000n, maxPriorityFeePerGas: 1_000_000_000n };
    return await from.signTransaction({ type: 2, chainId: 31337n, nonce, gasLimit, ...fees, ...call });
  }

  async function send(from: HDNodeWallet, call: { to?: string; value?: bigint; data?: string }, gasLimit?: bigint) {
    return await rpc<string>("eth_sendRawTransaction", await signed(from, call, gasLimit));
  }

  const mine = (blocks = 1) => rpc("anvil_mine", `0x${blocks.toString(16)}`);

  /** Deploys a test contract; answers its address and ABI. */
  async function deploy(name: ContractName): Promise<Contract> {
    const { bytecode, abi } = compiled()[name];
    const hash = await send(accountAt(9), { data: bytecode });
    await mine();
    const { contractAddress } = await rpc<{ contractAddress: string }>("eth_getTransactionReceipt", hash);
    const address = AbiCoder.defaultAbiCoder().decode(["address"], `0x${contractAddress.slice(2).padStart(64, "0")}`);
    return { address: String(address[0]), abi: new Interface(abi) };
  }

  async function balance(address: string): Promise<bigint> {
    return BigInt(await rpc<string>("eth_getBalance", address, "latest"));
  }

  /** Mines what was sent; answers the block. */
  async function mined(): Promise<Block> {
    await mine();
    type Raw = { number: string; hash: string; parentHash: string; timestamp: string };
    const { number, hash, parentHash, timestamp } = await rpc<Raw>("eth_getBlockByNumber", "latest", false);
    const at = new Date(Number(timestamp) * 1000).toISOString() as Instant;
    return { number: Number(number), hash, parent: parentHash, at };
  }

  return { rpc, signed, send, mine, mined, deploy, balance };
}

export type Contract = { readonly address: string; readonly abi: Interface };
type ContractName =
  | "Token"
  | "Taxed"
  | "Collection"
  | "Items"
  | "Silent"
  | "Wrapper"
  | "Stakes"
  | "Payer"
  | "Permits"
  | "Troubles";
type Contracts = Record<ContractName, { readonly bytecode: string; readonly abi: string }>;
let contracts: Contracts | undefined;

function compiled(): Contracts {
  contracts ??= compile();
  return contracts;
}

/** Compiles the test contracts; by the hash of the source the outcome is kept. */
function compile(): Contracts {
  const content = readFileSync(join(import.meta.dir, "_test_contracts.sol"), "utf8");
  const outputSelection = { "*": { "*": ["abi", "evm.bytecode.object"] } };
  const settings = { optimizer: { enabled: true, runs: 200 }, evmVersion: "cancun", outputSelection };
  const input = JSON.stringify({ language: "Solidity", sources: { "test.sol": { content } }, settings });
  const name = keccak256(Buffer.from(`${solc.version()} ${input}`));
  const kept = join(dirname(resolve("solc/package.json")), "..", ".cache", "lucent", `${name}.json`);
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, "utf8"));
  const read = (path: string) => ({ contents: readFileSync(resolve(path), "utf8") });
  const output = JSON.parse(solc.compile(input, { import: read }));
  const made = Object.entries<{ abi: object; evm: { bytecode: { object: string } } }>(
    output.contracts?.["test.sol"] ?? {},
  );
  if (made.length === 0) throw new Error(`Cannot compile the test contracts: ${JSON.stringify(output.errors)}`);
  const found = Object.fromEntries(
    made.map(([name, { abi, evm }]) => [name, { bytecode: `0x${evm.bytecode.object}`, abi: JSON.stringify(abi) }]),
  );
  mkdirSync(dirname(kept), { recursive: true });
  writeFileSync(kept, JSON.stringify(found));
  return found as Contracts;
}
