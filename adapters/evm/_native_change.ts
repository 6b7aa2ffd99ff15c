import type { Network } from "../../domains/wallet/mod.ts";
import { ChainUnreachable } from "../../ports/mod.ts";
import { NodeRefused } from "./_answers.ts";
import { callTracer, type Frame, nativeMovements } from "./_frames.ts";
import { toHex } from "./_hex.ts";
import { effectsOn } from "./_logs.ts";
import type { Rpc } from "./_rpc.ts";

type Balances = Readonly<Record<string, { readonly balance?: string } | undefined>>;
type Difference = { readonly pre: Balances; readonly post: Balances };
type Parties = { readonly hash: string; readonly from: string; readonly to: string | null };

/** A mined transaction, and the fee that the account paid for it. */
type Mined = {
  readonly hash: string;
  readonly block: { readonly number: number; readonly hash: string };
  readonly paid: bigint;
};
type Change = (mined: Mined, address: string) => Promise<bigint>;

const prestateDifference = { tracer: "prestateTracer", tracerConfig: { diffMode: true } };

/**
 * Reads the change of an account's native balance by one transaction, the fee among it: from a difference of states, else from
 * the calls that moved value, else from balances. Nothing of it is computed from what the transaction should have done.
 */
export function createNativeChange(rpc: Rpc, network: Network): Change {
  const byStates: Change = async ({ hash }, address) => {
    const { pre, post } = await rpc<Difference>("debug_traceTransaction", hash, prestateDifference);
    const key = address.toLowerCase();
    const before = pre[key]?.balance ?? "0x0";
    // What did not change is left out behind.
    return BigInt(post[key]?.balance ?? before) - BigInt(before);
  };

  const byCalls: Change = async ({ hash, paid }, address) => {
    const frame = await rpc<Frame>("debug_traceTransaction", hash, callTracer);
    const [moved] = effectsOn(address, network.id, nativeMovements(frame, network.nativeAsset));
    return BigInt(moved?.delta ?? 0) - paid;
  };

  const byBalances: Change = async ({ hash, block }, address) => {
    const found = await rpc<{ readonly transactions: readonly Parties[] } | null>(
      "eth_getBlockByHash",
      block.hash,
      true,
    );
    const key = address.toLowerCase();
    const isOthers = (each: Parties) =>
      each.hash !== hash && [each.from, each.to].some((party) => party?.toLowerCase() === key);
    if (!found || found.transactions.some(isOthers)) {
      throw new ChainUnreachable(
        `Cannot tell what ${hash} changed: no node traces it, and it was not alone in its block`,
      );
    }
    const asked = [block.number - 1, block.number].map((at) => rpc<string>("eth_getBalance", address, toHex(at)));
    const [before = "", after = ""] = await Promise.all(asked);
    return BigInt(after) - BigInt(before);
  };

  return async (mined, address) => {
    for (const change of [byStates, byCalls]) {
      try {
        return await change(mined, address);
      } catch (error) {
        if (!(error instanceof NodeRefused)) throw error;
      }
    }
    return await byBalances(mined, address);
  };
}
