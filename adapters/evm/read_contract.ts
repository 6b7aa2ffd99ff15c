import type { Result } from "ethers/abi";
import { type NetworkId, type Read, type Resolved, Unresolvable } from "../../domains/shared/mod.ts";
import { ChainUnreachable, type ReadContract } from "../../ports/mod.ts";
import { encodeCall, type Parsed, parseFunction } from "./_abi.ts";
import { NodeRefused } from "./_answers.ts";
import { checksummed } from "./_hex.ts";
import { bytes } from "./_results.ts";
import { isReverted, revertReason } from "./_reverts.ts";
import type { ConnectedChain } from "./chain.ts";

/** Calls contracts of these chains at their latest block. */
export function createReadContract(chains: ReadonlyMap<NetworkId, ConnectedChain>): ReadContract {
  return async (network, read) => {
    const chain = chains.get(network);
    if (!chain) throw new ChainUnreachable(`Cannot read on ${network}: there is no node of it`);
    const parsed = parseFunction(read.function);
    const data = parsed && encodeCall(parsed, read.arguments);
    const to = typeof read.to === "string" ? checksummed(read.to) : undefined;
    if (!parsed || data === undefined || to === undefined) {
      throw new Unresolvable("value-malformed", "The read's address, function and arguments do not fit");
    }
    return outputOf(parsed, await called(chain, { to, data }), read);
  };
}

async function called({ rpc }: ConnectedChain, call: { readonly to: string; readonly data: string }): Promise<string> {
  try {
    return await rpc(bytes, "eth_call", call, "latest");
  } catch (error) {
    if (!(error instanceof NodeRefused) || !isReverted(error)) throw error;
    throw new Unresolvable("value-unreadable", revertReason(error.data, error.said));
  }
}

function outputOf({ fragment, abi }: Parsed, returned: string, { output }: Read<Resolved>): Resolved {
  const isPlace = /^\d{1,3}$/.test(output);
  const place = isPlace ? Number(output) : fragment.outputs.findIndex(({ name }) => name !== "" && name === output);
  if (!fragment.outputs[place]) throw new Unresolvable("value-unreadable", "The function has no such output");
  try {
    return resolved(abi.decodeFunctionResult(fragment, returned)[place]);
  } catch {
    throw new Unresolvable("value-unreadable", "The contract's answer is not of the function's form");
  }
}

function resolved(value: unknown): Resolved {
  if (typeof value === "boolean") return value;
  if (typeof value === "object" && value !== null) return [...(value as Result)].map(resolved);
  return String(value);
}
