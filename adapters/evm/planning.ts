import { type Amount, amount, zero } from "../../domains/shared/mod.ts";
import type { Call, Network, Planning, Simulation } from "../../domains/wallet/mod.ts";
import { allowancesBy } from "./_allowances.ts";
import { NodeRefused } from "./_answers.ts";
import { type Asked, dryRun } from "./_dry_run.ts";
import { toHex } from "./_hex.ts";
import { effectsOn, movementsOf } from "./_logs.ts";
import { count, listOf, maybe, quantity, recordOf } from "./_results.ts";
import { isReverted, revertReason } from "./_reverts.ts";
import type { Rpc } from "./_rpc.ts";
import type { createWrapped } from "./_wrapped.ts";

const feeHistory = recordOf({ baseFeePerGas: listOf(quantity), reward: maybe(listOf(listOf(quantity))) });

const percentiles = { low: 25, normal: 50, high: 90 } as const;

/** What calls would do, and what gas costs. */
export function createPlanning(rpc: Rpc, network: Network, wrapped: ReturnType<typeof createWrapped>): Planning {
  async function gasFor(asked: Asked): Promise<{ readonly gas: Amount } | { readonly reason: string }> {
    try {
      const estimate = await rpc(quantity, "eth_estimateGas", asked);
      // An exact estimate can be too small a block later: interest accrues, storage slots fill.
      return { gas: amount((estimate * 13n) / 10n + 30_000n) };
    } catch (error) {
      if (!(error instanceof NodeRefused) || !isReverted(error)) throw error;
      return { reason: revertReason(error.data, error.said) };
    }
  }

  return {
    async simulate(from, { to, value, data }: Call) {
      const asked = { from, to, value: toHex(value), data };
      const [run, estimate] = await Promise.all([dryRun(rpc, network, asked), gasFor(asked)]);
      if (run.outcome === "reverted") return reverted(run.reason, run.gasUsed);
      // The one that ran a block later knows better.
      if ("reason" in estimate) return reverted(estimate.reason, zero);
      const { logs, natives } = run;
      const movements = [...natives, ...logs.flatMap((log) => movementsOf(log, network.id)), ...(await wrapped(logs))];
      return {
        ...{ outcome: "success", reason: "", gas: estimate.gas },
        effects: effectsOn(from, network.id, movements),
        allowances: allowancesBy(from, logs, network.id),
      };
    },

    async fees(priority) {
      const history = await rpc(feeHistory, "eth_feeHistory", "0xa", "latest", [percentiles[priority]]);
      const base = history.baseFeePerGas.at(-1) ?? 0n;
      // Empty blocks say nothing of tips.
      const tips = (history.reward ?? []).map(([tip = 0n]) => tip).filter((tip) => tip > 0n);
      const tip = median(tips) ?? (await rpc(quantity, "eth_maxPriorityFeePerGas"));
      // Twice the base fee outlasts five full blocks in a row (EIP-1559: an eighth more each at most).
      return { maxFeePerGas: amount(base * 2n + tip), maxPriorityFeePerGas: amount(tip) };
    },

    minedNonce: (address) => rpc(count, "eth_getTransactionCount", address, "latest"),
  };
}

function reverted(reason: string, gas: Amount): Simulation {
  return { outcome: "reverted", reason, effects: [], allowances: [], gas };
}

function median(values: readonly bigint[]): bigint | undefined {
  return values.toSorted((a, b) => (a < b ? -1 : Number(a > b)))[Math.floor(values.length / 2)];
}
