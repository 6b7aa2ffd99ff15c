import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { AbiCoder, HDNodeWallet, Interface, keccak256 } from "ethers";
import solc from "solc";
import type { AssetId, NetworkId } from "../../domains/shared/mod.ts";
import type { Network } from "../../domains/wallet/mod.ts";

export const network: Network = {
  ...{ id: "eip155:31337" as NetworkId, name: "Local", family: "evm", symbol: "ETH", decimals: 18, final: 2 },
  nativeAsset: "eip155:31337/slip44:60" as AssetId,
};

const phrase = "test test test test test test test test test test test junk";
/** An account that anvil funds with 10,000 ETH. */
export const accountAt = (place: number) => HDNodeWallet.fromPhrase(phrase, "", `m/44'/60'/0'/0/${place}`);

const { resolve } = createRequire(import.meta.url);
const binary = createRequire(resolve("@foundry-rs/anvil/package.json")).resolve(
  `@foundry-rs/anvil-${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}/bin/anvil`,
);

/** A fresh anvil; it dies with this process. Without arguments it mines only when told. */
export async function startAnvil(port = 0, args: readonly string[] = ["--no-mining"]) {
  const anvil = Bun.spawn([binary, "--port", `${port}`, ...args], { stdout: "pipe", stderr: "inherit" });
  process.on("exit", () => anvil.kill("SIGKILL"));
  let told = "";
  const decoder = new TextDecoder();
  const output = anvil.stdout.getReader();
  let url: string | undefined;
  while (url === undefined) {
    const { value, done } = await output.read();
    if (done) throw new Error(`anvil ended: ${told}`);
    told += decoder.decode(value);
    url = /Listening on (\S+)/.exec(told)?.[1];
  }
  // Nobody reads on: a full pipe would hold it up.
  (async () => {
    while (!(await output.read()).done);
  })();
  return {
    url: `http://${url}`,
    port: Number(url.split(":")[1]),
    async stop() {
      anvil.kill("SIGKILL");
      await anvil.exited;
    },
  };
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
  async function deploy(name: ContractName) {
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

  return { rpc, signed, send, mine, deploy, balance };
}

export type ContractName = "Token" | "Collection" | "Items" | "Silent" | "Wrapper" | "Stakes" | "Troubles";
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
