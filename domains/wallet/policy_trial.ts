/**
 * A policy on trial: what it would have said of the transfers that are recorded.
 *
 * @module
 */
import { type AggregateStore, allOf } from "../../ports/mod.ts";
import type { Instant } from "../shared/mod.ts";
import { judge } from "./policy_engine.ts";
import type { Policy, Verdict } from "./policy_rules.ts";
import { explainVerdict } from "./policy_words.ts";
import type { KnownTransfer, Transfer, TransferEvent } from "./transfer.ts";
import { evolve, limitsOf, type Volumes, volumeId, volumesAt } from "./volume.ts";

export type TrialView = {
  /** How many transfers were judged. Those of plays are not: they go by their definitions. */
  readonly judged: number;
  /** Oldest first. */
  readonly different: {
    readonly transfer: string;
    readonly at: Instant;
    readonly was: Verdict["verdict"];
    readonly would: Verdict["verdict"];
    readonly words: string;
  }[];
};

const statuses = ["requested", "signed", "submitted", "included", "final", "failed", "rejected"];

/** Judges the newest transfers, oldest first, and counts what the policy would have let leave. */
export async function tryPolicy(
  policy: Policy,
  transfers: AggregateStore<Transfer, TransferEvent>,
  newest: number,
): Promise<TrialView> {
  const history = await newestOf(transfers, newest);
  const counted = new Map<string, Volumes>();
  const different: TrialView["different"][number][] = [];
  let judged = 0;
  for (const { id, state } of history.toReversed()) {
    if (!state.policy) continue;
    judged += 1;
    const { facts, verdict: was } = state.policy;
    const { at } = state;
    const before = volumesAt(policy, state, counted, at);
    const verdict = judge(policy, facts, before);
    if (verdict.verdict !== was) {
      const words = explainVerdict(policy, facts, before, verdict);
      different.push({ transfer: id, at, was, would: verdict.verdict, words });
    }
    if (verdict.verdict === "refused") continue;
    for (const { asset, amount } of facts.amounts) {
      const limits = limitsOf(policy).filter((limit) => limit.asset === asset);
      for (const volume of new Set(limits.map((limit) => volumeId(limit, state)))) {
        const reserved = { type: "VolumeReserved", transfer: id, amount, at } as const;
        counted.set(volume, evolve(counted.get(volume) ?? {}, reserved));
      }
    }
  }
  return { judged, different };
}

async function newestOf(transfers: AggregateStore<Transfer, TransferEvent>, newest: number) {
  const found: { readonly id: string; readonly state: KnownTransfer }[] = [];
  const where = { status: statuses, at: {} };
  const query = { where, order: "descending", limit: 200 } as const;
  for await (const { id, state } of allOf((place) => transfers.find({ ...query, ...place }))) {
    if (state.status !== "absent") found.push({ id, state });
    if (found.length >= newest) break;
  }
  return found;
}
