import { type Amount, amount } from "../../domains/shared/mod.ts";
import type { Call, Network, Planning, Simulation } from "../../domains/wallet/mod.ts";
import { allowancesBy } from "./_allowances.ts";
import { NodeRefused } from "./_answers.ts";
import { type Asked, dryRun } from "./_dry_run.ts";
import { quantity, toHex } from "./_hex.ts";
import { effectsOn, movementsOf } from "./_logs.ts";
import { isReverted, revertReason } from "./_reverts.ts";
import type { Rpc } from "./_rpc.ts";
import type { createWrapped } from "./_wrapped.ts";

type FeeHistory = { readonly baseFeePerGas: readonly string[]; readonly reward?: readonly (readonly string[])[] };

const percentiles = { low: 25, normal: 50, high: 90 } as const;

/** What calls would do, and what gas costs. */
export function createPlanning(rpc: Rpc, network: Network, wrapped: ReturnType<typeof createWrapped>): Planning {
  async function gasFor(asked: Asked): Promise<{ readonly gas: Amount } | { readonly reason: string }> {
    try {
      const estimate = BigInt(await rpc<string>("eth_estimateGas", asked));
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
      if (run.outcome === "reverted") return reverted(run.reason, quantity(run.gasUsed));
      // The one that ran a block later knows better.
      if ("reason" in estimate) return reverted(estimate.reason, amount("0"));
      const { logs, natives } = run;
      const movements = [...natives, ...logs.flatMap((log) => movementsOf(log, network.id)), ...(await wrapped(logs))];
      return {
        ...{ outcome: "success", reason: "", gas: estimate.gas },
        effects: effectsOn(from, network.id, movements),
        allowances: allowancesBy(from, logs, network.id),
      };
    },

    async fees(priority) {
      const history = await rpc<FeeHistory>("eth_feeHistory", "0xa", "latest", [percentiles[priority]]);
      const base = BigInt(history.baseFeePerGas.at(-1) ?? 0);
      // Empty blocks say nothing of tips.
      const tips = (history.reward ?? []).map(([tip = "0x0"]) => BigInt(tip)).filter((tip) => tip > 0n);
      const tip = median(tips) ?? BigInt(await rpc<string>("eth_maxPriorityFeePerGas"));
      // Twice the base fee outlasts five full blocks in a row (EIP-1559: an eighth more each at most).
      return { maxFeePerGas: amount(base * 2n + tip), maxPriorityFeePerGas: amount(tip) };
    },

    minedNonce: async (address) => Number(await rpc<string>("eth_getTransactionCount", address, "latest")),
  };
}

function reverted(reason: string, gas: Amount): Simulation {
  return { outcome: "reverted", reason, effects: [], allowances: [], gas };
}

function median(values: readonly bigint[]): bigint | undefined {
  return values.toSorted((a, b) => (a < b ? -1 : Number(a > b)))[Math.floor(values.length / 2)];
}
