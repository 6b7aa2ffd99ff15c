/**
 * What the portfolio knows of a published version of a play: how a position in it is valued. It never changes.
 *
 * @module
 */
import type { AggregateKind } from "../../ports/mod.ts";
import { type AssetId, accept, type Decision, type NetworkId, type Value } from "../shared/mod.ts";

export type PlayTerms = {
  readonly title: string;
  readonly network: NetworkId;
  readonly asset: AssetId;
  /** In base units of the play's asset. */
  readonly valuation?: Value;
  readonly health?: HealthTerms;
};

/**
 * `value` comes to a whole number that means itself divided by 10^`decimals`; `warn` and `critical` are decimals. Low is bad
 * where `critical` is below `warn` (a health factor), high where it is above (a loan-to-value).
 */
export type HealthTerms = {
  readonly value: Value;
  readonly decimals: number;
  readonly warn: string;
  readonly critical: string;
};

export type ValuedPlay = { readonly status: "unknown" } | ({ readonly status: "known" } & PlayTerms);

export type ValuedPlayEvent = { readonly type: "ValuationLearned" } & PlayTerms;

export function valuedPlayId(play: string, version: number): string {
  return `${play}-${version}`;
}

/** Remembers how positions in the version are valued. */
export function learnValuation(_play: ValuedPlay, terms: PlayTerms): Decision<ValuedPlayEvent, never> {
  return accept<ValuedPlayEvent>({ type: "ValuationLearned", ...terms });
}

/** Replays a recorded fact. */
export function evolve(_play: ValuedPlay, { type: _, ...terms }: ValuedPlayEvent): ValuedPlay {
  return { status: "known", ...terms };
}

export const valuedPlayKind: AggregateKind<ValuedPlay, ValuedPlayEvent> = {
  name: "valued_play",
  initial: { status: "unknown" },
  evolve,
  upcasters: [],
  indexes: [],
};
