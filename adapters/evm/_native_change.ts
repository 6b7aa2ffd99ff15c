import type { Network } from "../../domains/wallet/mod.ts";
import { ChainUnreachable } from "../../ports/mod.ts";
import { NodeRefused } from "./_answers.ts";
import { flatMovements, flatTraces } from "./_flat_traces.ts";
import { callTracer, frame, nativeMovements } from "./_frames.ts";
import { effectsOn, type Movement } from "./_logs.ts";
import { address, byAddress, ifReadable, listOf, maybe, orNull, quantity, recordOf, word } from "./_results.ts";
import type { Rpc } from "./_rpc.ts";

const balances = byAddress(recordOf({ balance: maybe(quantity) }));
const difference = recordOf({ pre: balances, post: balances });
const parties = recordOf({ hash: word, from: address, to: maybe(address) });
const blockOf = recordOf({ parentHash: word, transactions: listOf(parties) });

/** A mined transaction, and the fee that the account paid for it. */
type Mined = {
  readonly hash: string;
  readonly block: { readonly hash: string };
  readonly paid: bigint;
};
/** Undefined where it is not to be had in this way. */
type Change = (mined: Mined, address: string) => Promise<bigint | undefined>;

const prestateDifference = { tracer: "prestateTracer", tracerConfig: { diffMode: true } };

/**
 * Reads the change of an account's native balance by one transaction, the fee among it: from a difference of states, else from
 * the calls that moved value, else from balances. Nothing of it is computed from what the transaction should have done. Calls
 * that were written down when they were mined are there when the state before them is not.
 */
export function createNativeChange(rpc: Rpc, network: Network) {
  const byStates: Change = async ({ hash }, address) => {
    const found = await rpc(ifReadable(difference), "debug_traceTransaction", hash, prestateDifference);
    if (!found) return undefined;
    const key = address.toLowerCase();
    const before = found.pre.get(key)?.balance ?? 0n;
    // What did not change is left out behind.
    return (found.post.get(key)?.balance ?? before) - before;
  };

  const byCalls: Change = async ({ hash, paid }, address) => {
    const found = await rpc(ifReadable(frame), "debug_traceTransaction", hash, callTracer);
    return found && moved(nativeMovements(found, network.nativeAsset), address) - paid;
  };

  const byFlatTraces: Change = async ({ hash, paid }, address) => {
    const found = await rpc(ifReadable(flatTraces), "trace_transaction", hash);
    if (!found || found.length === 0) return undefined;
    return moved(flatMovements(found, network.nativeAsset), address) - paid;
  };

  function moved(movements: readonly Movement[], address: string): bigint {
    return BigInt(effectsOn(address, network.id, movements)[0]?.delta ?? 0);
  }

  async function byBalances({ hash, block }: Mined, address: string): Promise<bigint> {
    const found = await rpc(orNull(blockOf), "eth_getBlockByHash", block.hash, true);
    const key = address.toLowerCase();
    const isOthers = (each: ReturnType<typeof parties>) =>
      each.hash !== hash && [each.from, each.to].some((party) => party?.toLowerCase() === key);
    if (!found || found.transactions.some(isOthers)) {
      throw new ChainUnreachable(
        `Cannot tell what ${hash} changed: no node traces it, and it was not alone in its block`,
      );
    }
    const asked = [found.parentHash, block.hash].map((blockHash) =>
      rpc(quantity, "eth_getBalance", address, { blockHash }),
    );
    const [before = 0n, after = 0n] = await Promise.all(asked);
    return after - before;
  }

  return async (mined: Mined, address: string): Promise<bigint> => {
    for (const change of [byStates, byCalls, byFlatTraces]) {
      try {
        const known = await change(mined, address);
        if (known !== undefined) return known;
      } catch (error) {
        if (!(error instanceof NodeRefused)) throw error;
      }
    }
    return await byBalances(mined, address);
  };
}
