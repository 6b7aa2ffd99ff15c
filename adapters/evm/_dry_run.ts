import { type Amount, amount, zero } from "../../domains/shared/mod.ts";
import type { Network } from "../../domains/wallet/mod.ts";
import { isMissing, NodeRefused } from "./_answers.ts";
import { callTracer, frame, lasting, nativeMovements } from "./_frames.ts";
import { addressIn, amountAt } from "./_hex.ts";
import { type Movement, type RawLog, rawLog, transferTopic } from "./_logs.ts";
import { bytes, ifReadable, listOf, maybe, quantity, type Reader, recordOf, text } from "./_results.ts";
import { isReverted, revertReason } from "./_reverts.ts";
import type { Rpc } from "./_rpc.ts";

/** A call's parameters as JSON-RPC wants them. */
export type Asked = { readonly from: string; readonly to: string; readonly value: string; readonly data: string };

/** What a call would log, and move of the native asset; or why it would revert. */
export type DryRun =
  | { readonly outcome: "success"; readonly logs: readonly RawLog[]; readonly natives: readonly Movement[] }
  | { readonly outcome: "reverted"; readonly reason: string; readonly gasUsed: Amount };

const simulated = recordOf({
  ...{ status: quantity, gasUsed: quantity, returnData: bytes, logs: maybe(listOf(rawLog)) },
  error: maybe(recordOf({ message: ifReadable(text), data: ifReadable(bytes) })),
});
const simulatedBlocks = listOf(recordOf({ calls: listOf(simulated) }));
/** Of the one call that was asked for. */
const simulatedCall: Reader<ReturnType<typeof simulated>> = (answer) => {
  const run = simulatedBlocks(answer)[0]?.calls[0];
  if (!run) throw new Error("Its answer has no call in it");
  return run;
};

/** Where `eth_simulateV1` logs native transfers (`traceTransfers`, as ERC-7528 has it): no contract lives there. */
const nativeMarker = "0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee";

/** Runs a call on the latest block, by `eth_simulateV1`; by `debug_traceCall` where a node does not have that. */
export async function dryRun(rpc: Rpc, network: Network, asked: Asked): Promise<DryRun> {
  try {
    return await bySimulation(rpc, network, asked);
  } catch (error) {
    if (!(error instanceof NodeRefused)) throw error;
    if (!isMissing(error)) return revertedOr(error);
  }
  try {
    return await byTrace(rpc, network, asked);
  } catch (error) {
    if (!(error instanceof NodeRefused)) throw error;
    return revertedOr(error);
  }
}

async function bySimulation(rpc: Rpc, network: Network, asked: Asked): Promise<DryRun> {
  const simulation = { blockStateCalls: [{ calls: [asked] }], traceTransfers: true, validation: false };
  const run = await rpc(simulatedCall, "eth_simulateV1", simulation, "latest");
  const { status, logs = [], error, returnData, gasUsed } = run;
  if (status !== 1n) {
    const reason = revertReason(error?.data ?? returnData, error?.message ?? "execution reverted");
    return { outcome: "reverted", reason, gasUsed: amount(gasUsed) };
  }
  const isNative = ({ address, topics }: RawLog) =>
    address.toLowerCase() === nativeMarker && topics[0] === transferTopic && topics.length === 3;
  const natives = logs.filter(isNative).map(({ topics: [, from = "", to = ""], data }) => ({
    ...{ from: addressIn(from), to: addressIn(to) },
    ...{ asset: network.nativeAsset, amount: amountAt(data, 0) },
  }));
  return { outcome: "success", logs: logs.filter((log) => !isNative(log)), natives };
}

async function byTrace(rpc: Rpc, network: Network, asked: Asked): Promise<DryRun> {
  const run = await rpc(frame, "debug_traceCall", asked, "latest", callTracer);
  if (run.error !== undefined) {
    return { outcome: "reverted", reason: revertReason(run.output, run.error), gasUsed: amount(run.gasUsed ?? 0n) };
  }
  const logs = lasting(run).flatMap((each) => each.logs ?? []);
  return { outcome: "success", logs, natives: nativeMovements(run, network.nativeAsset) };
}

/** A node refuses a whole simulation for what one call lacks: funds, for instance (-38000 and below are for that). */
function revertedOr(error: NodeRefused): DryRun {
  if (!isReverted(error) && (error.code > -38_000 || error.code < -38_999)) throw error;
  return { outcome: "reverted", reason: revertReason(error.data, error.said), gasUsed: zero };
}
