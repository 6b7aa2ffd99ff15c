import type { Network } from "../../domains/wallet/mod.ts";
import { NodeRefused } from "./_answers.ts";
import { callTracer, type Frame, lasting, nativeMovements } from "./_frames.ts";
import { addressIn, quantity, wordAt } from "./_hex.ts";
import { type Movement, type RawLog, transferTopic } from "./_logs.ts";
import { isMissing, isReverted, revertReason } from "./_reverts.ts";
import type { Rpc } from "./_rpc.ts";

/** A call's parameters as JSON-RPC wants them. */
export type Asked = { readonly from: string; readonly to: string; readonly value: string; readonly data: string };

/** What a call would log, and move of the native asset; or why it would revert. */
export type DryRun =
  | { readonly outcome: "success"; readonly logs: readonly RawLog[]; readonly natives: readonly Movement[] }
  | { readonly outcome: "reverted"; readonly reason: string; readonly gasUsed: string };

type Simulated = {
  readonly status: string;
  readonly gasUsed: string;
  readonly returnData: string;
  readonly logs?: readonly RawLog[];
  readonly error?: { readonly message?: string; readonly data?: string };
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
  const [block] = await rpc<readonly { readonly calls: readonly Simulated[] }[]>(
    "eth_simulateV1",
    simulation,
    "latest",
  );
  const { status, logs = [], error, returnData, gasUsed } = block?.calls[0] ?? {};
  if (status !== "0x1") {
    const reason = revertReason(error?.data ?? returnData, error?.message ?? "execution reverted");
    return { outcome: "reverted", reason, gasUsed: gasUsed ?? "0x0" };
  }
  const isNative = ({ address, topics }: RawLog) =>
    address.toLowerCase() === nativeMarker && topics[0] === transferTopic && topics.length === 3;
  const natives = logs.filter(isNative).map(({ topics: [, from = "", to = ""], data }) => ({
    ...{
      from: addressIn(from),
      to: addressIn(to),
      asset: network.nativeAsset,
      amount: quantity(`0x${wordAt(data, 0)}`),
    },
  }));
  return { outcome: "success", logs: logs.filter((log) => !isNative(log)), natives };
}

async function byTrace(rpc: Rpc, network: Network, asked: Asked): Promise<DryRun> {
  const frame = await rpc<Frame>("debug_traceCall", asked, "latest", callTracer);
  if (frame.error !== undefined) {
    const reason = revertReason(frame.output, frame.error);
    return { outcome: "reverted", reason, gasUsed: frame.gasUsed ?? "0x0" };
  }
  const logs = lasting(frame).flatMap((each) => each.logs ?? []);
  return { outcome: "success", logs, natives: nativeMovements(frame, network.nativeAsset) };
}

/** A node refuses a whole simulation for what one call lacks: funds, for instance (-38000 and below are for that). */
function revertedOr(error: NodeRefused): DryRun {
  if (!isReverted(error) && (error.code > -38_000 || error.code < -38_999)) throw error;
  return { outcome: "reverted", reason: revertReason(error.data, error.said), gasUsed: "0x0" };
}
