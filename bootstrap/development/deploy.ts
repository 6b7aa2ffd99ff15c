import { setTimeout } from "node:timers/promises";
import {
  AbiCoder,
  concat,
  getCreate2Address,
  hexlify,
  Interface,
  keccak256,
  randomBytes,
  toQuantity,
  ZeroHash,
} from "ethers";
import type { Amount, NetworkId } from "../../domains/shared/mod.ts";
import { rpc } from "./_rpc.ts";
import { localNetwork } from "./accounts.ts";
import { type Compiled, compileContracts } from "./contracts.ts";

/** Where the development contracts stand, checksummed. */
export type Contracts = {
  readonly network: NetworkId;
  /** An ERC-20 of 6 decimals that everyone may mint. */
  readonly token: string;
  /** An ERC-4626 vault of the token, with 9 decimals. */
  readonly vault: string;
  /** Reverts on demand: `arm(bool)` then `pass()`; `fail()`; `failOnceMined()`. */
  readonly tripwire: string;
};

/** In base units: wei, and the token's. */
export type Funds = { readonly native?: Amount; readonly token?: Amount };

type Creation = { readonly code: string; readonly address: string };

/** The proxy for CREATE2 that anvil brings along (Arachnid's). */
const factory = "0x4e59b44847b379578588920cA78FbF26c0B4956C";
const creationGas = toQuantity(4_000_000);
const riches = toQuantity(2n ** 128n);
const erc20 = new Interface(["function mint(address to, uint256 amount)"]);
const patience = 10_000;

/**
 * Deploys what does not stand yet. By CREATE2 an address depends on the code alone: a second run, one after a crash in the
 * middle and one beside another come to the same contracts.
 */
export async function deployContracts(url: string): Promise<Contracts> {
  const { token, vault, tripwire } = creations(await compileContracts());
  const missing: Creation[] = [];
  for (const each of [token, vault, tripwire]) if (!(await stands(url, each))) missing.push(each);
  if (missing.length > 0) await create(url, missing);
  for (const each of missing) {
    if (!(await stands(url, each))) throw new Error(`Cannot deploy to ${url}: nothing stands at ${each.address}`);
  }
  return { network: localNetwork, token: token.address, vault: vault.address, tripwire: tripwire.address };
}

/** Sends ether, and mints tokens, to an address. Answers the transactions' hashes once they are mined. */
export async function fund(
  url: string,
  { token }: Contracts,
  address: string,
  funds: Funds,
): Promise<readonly string[]> {
  const send = await sender(url);
  const sent: string[] = [];
  if (funds.native) sent.push(await send({ to: address, value: toQuantity(funds.native) }));
  if (funds.token) sent.push(await send(mint(token, address, funds.token)));
  for (const hash of sent) await succeeded(url, hash);
  return sent;
}

/** Lets the vault earn: its shares are worth more from then on. */
export async function mintYield(url: string, { token, vault }: Contracts, amount: Amount): Promise<void> {
  const send = await sender(url);
  await succeeded(url, await send(mint(token, vault, amount)));
}

function creations({ Token, Vault, Tripwire }: Compiled) {
  const token = creation(Token, ["string", "string", "uint8"], ["Development Dollar", "DUSD", 6]);
  const assets = [token.address, "Development Vault", "vDUSD"];
  return { token, vault: creation(Vault, ["address", "string", "string"], assets), tripwire: creation(Tripwire) };
}

function creation(compiled: string, types: readonly string[] = [], values: readonly unknown[] = []): Creation {
  const code = concat([compiled, AbiCoder.defaultAbiCoder().encode(types, values)]);
  return { code, address: getCreate2Address(factory, ZeroHash, keccak256(code)) };
}

async function create(url: string, creations: readonly Creation[]): Promise<void> {
  const send = await sender(url);
  const sent: string[] = [];
  // One after another: the vault asks the token for its decimals.
  for (const { code } of creations)
    sent.push(await send({ to: factory, data: concat([ZeroHash, code]), gas: creationGas }));
  // A creation that another process was quicker with is reverted: only what stands counts.
  for (const hash of sent) await mined(url, hash);
}

async function stands(url: string, { address }: Creation): Promise<boolean> {
  return (await rpc<string>(url, "eth_getCode", [address, "latest"])) !== "0x";
}

function mint(token: string, to: string, amount: Amount): Transaction {
  return { to: token, data: erc20.encodeFunctionData("mint", [to, amount]) };
}

type Transaction = Readonly<Record<"to", string>> & Readonly<Partial<Record<"data" | "value" | "gas", string>>>;

/** Sends from a rich account that nobody else uses: several processes may send at once, and share no nonces. */
async function sender(url: string): Promise<(transaction: Transaction) => Promise<string>> {
  const from = hexlify(randomBytes(20));
  await rpc(url, "anvil_setBalance", [from, riches]);
  await rpc(url, "anvil_impersonateAccount", [from]);
  return (transaction) => rpc(url, "eth_sendTransaction", [{ from, ...transaction }]);
}

async function succeeded(url: string, hash: string): Promise<void> {
  if ((await mined(url, hash)).status !== "0x1") throw new Error(`Cannot fund: transaction ${hash} was reverted`);
}

async function mined(url: string, hash: string): Promise<{ readonly status: string }> {
  for (const started = Date.now(); Date.now() - started < patience; await setTimeout(50)) {
    const receipt = await rpc<{ status: string } | null>(url, "eth_getTransactionReceipt", [hash]);
    if (receipt) return receipt;
  }
  throw new Error(`Cannot wait for transaction ${hash}: no block had it within ${patience} ms`);
}
