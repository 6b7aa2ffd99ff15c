import { keccak256 } from "ethers/crypto";
import { accountId, amount, delta } from "../../domains/shared/mod.ts";
import type { Effect, Network, Sending } from "../../domains/wallet/mod.ts";
import { NodeRefused } from "./_answers.ts";
import { effectsOn, movementsOf, rawLog } from "./_logs.ts";
import { createNativeChange } from "./_native_change.ts";
import { address, count, listOf, maybe, orNull, quantity, recordOf, word } from "./_results.ts";
import type { Rpc } from "./_rpc.ts";
import type { createWrapped } from "./_wrapped.ts";

const receiptOf = recordOf({
  ...{ blockNumber: count, blockHash: word, from: address, status: quantity, logs: listOf(rawLog) },
  ...{ gasUsed: quantity, effectiveGasPrice: quantity },
  /** What an OP Stack chain adds for the chain below it. */
  l1Fee: maybe(quantity),
});

/** Sends signed transactions, and reads what they did. */
export function createSending(rpc: Rpc, network: Network, wrapped: ReturnType<typeof createWrapped>): Sending {
  const nativeChange = createNativeChange(rpc, network);

  return {
    async broadcast(raw) {
      try {
        await rpc(word, "eth_sendRawTransaction", raw);
        return { sent: true };
      } catch (error) {
        if (!(error instanceof NodeRefused)) throw error;
        if (/already.?(known|imported)|known transaction/i.test(error.said)) return { sent: true };
        // "Nonce too low" is also what a node says of a transaction that is mined.
        if (await rpc(orNull(recordOf({ hash: word })), "eth_getTransactionByHash", keccak256(raw)))
          return { sent: true };
        return { sent: false, refused: error.said };
      }
    },

    async receipt(hash, from) {
      const found = await rpc(orNull(receiptOf), "eth_getTransactionReceipt", hash);
      if (!found) return undefined;
      const { blockHash, logs, status, gasUsed, effectiveGasPrice, l1Fee = 0n } = found;
      const block = { number: found.blockNumber, hash: blockHash };
      const fee = gasUsed * effectiveGasPrice + l1Fee;
      const paid = found.from.toLowerCase() === from.toLowerCase() ? fee : 0n;
      const [native, unwrapped] = await Promise.all([nativeChange({ hash, block, paid }, from), wrapped(logs)]);
      const account = accountId(network.id, from);
      const coins: Effect[] = native === 0n ? [] : [{ account, asset: network.nativeAsset, delta: delta(native) }];
      const movements = [...logs.flatMap((log) => movementsOf(log, network.id)), ...unwrapped];
      return {
        ...{ hash, block, outcome: status === 1n ? "success" : "reverted", fee: amount(fee) },
        effects: [...coins, ...effectsOn(from, network.id, movements)],
      };
    },
  };
}
