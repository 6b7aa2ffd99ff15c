import { keccak256 } from "ethers/crypto";
import { accountId, amount, delta } from "../../domains/shared/mod.ts";
import type { Effect, Network, Sending } from "../../domains/wallet/mod.ts";
import { NodeRefused } from "./_answers.ts";
import { effectsOn, movementsOf, type RawLog } from "./_logs.ts";
import { createNativeChange } from "./_native_change.ts";
import type { Rpc } from "./_rpc.ts";
import type { createWrapped } from "./_wrapped.ts";

type RawReceipt = {
  readonly blockNumber: string;
  readonly blockHash: string;
  readonly from: string;
  readonly status: string;
  readonly gasUsed: string;
  readonly effectiveGasPrice: string;
  /** What an OP Stack chain adds for the chain below it. */
  readonly l1Fee?: string | null;
  readonly logs: readonly RawLog[];
};

/** Sends signed transactions, and reads what they did. */
export function createSending(rpc: Rpc, network: Network, wrapped: ReturnType<typeof createWrapped>): Sending {
  const nativeChange = createNativeChange(rpc, network);

  return {
    async broadcast(raw) {
      try {
        await rpc<string>("eth_sendRawTransaction", raw);
        return { sent: true };
      } catch (error) {
        if (!(error instanceof NodeRefused)) throw error;
        if (/already.?(known|imported)|known transaction/i.test(error.said)) return { sent: true };
        // "Nonce too low" is also what a node says of a transaction that is mined.
        if (await rpc<object | null>("eth_getTransactionByHash", keccak256(raw))) return { sent: true };
        return { sent: false, refused: error.said };
      }
    },

    async receipt(hash, from) {
      const found = await rpc<RawReceipt | null>("eth_getTransactionReceipt", hash);
      if (!found) return undefined;
      const { blockHash, logs, status, gasUsed, effectiveGasPrice, l1Fee } = found;
      const block = { number: Number(found.blockNumber), hash: blockHash };
      const fee = BigInt(gasUsed) * BigInt(effectiveGasPrice) + BigInt(l1Fee ?? 0);
      const paid = found.from.toLowerCase() === from.toLowerCase() ? fee : 0n;
      const [native, unwrapped] = await Promise.all([nativeChange({ hash, block, paid }, from), wrapped(logs)]);
      const account = accountId(network.id, from);
      const coins: Effect[] = native === 0n ? [] : [{ account, asset: network.nativeAsset, delta: delta(native) }];
      const movements = [...logs.flatMap((log) => movementsOf(log, network.id)), ...unwrapped];
      return {
        ...{ hash, block, outcome: status === "0x1" ? "success" : "reverted", fee: amount(fee) },
        effects: [...coins, ...effectsOn(from, network.id, movements)],
      };
    },
  };
}
