/**
 * What a published version of a play declares, and so may touch. A projection of the play service's events.
 *
 * @module
 */
import type { AggregateKind } from "../../ports/mod.ts";
import { type AssetId, accept, type Decision, type NetworkId } from "../shared/mod.ts";
import type { Intent } from "./intent.ts";

/** A step, as far as transfers are concerned. */
export type PlayStep = { readonly type: string; readonly intent?: Intent; readonly compensation?: Intent };

/** The part of a definition that is read here; it is kept whole. */
export type PlayDefinition = {
  readonly asset: AssetId;
  readonly network: NetworkId;
  readonly contracts: readonly { readonly address: string; readonly functions: readonly string[] }[];
  readonly spenders: readonly string[];
  readonly assets: readonly { readonly asset: AssetId; readonly accrual: "none" | "rebasing" | "debt" }[];
  /** Basis points of what goes out that a transaction may lose, by known prices. */
  readonly slippageBps: number;
  readonly enter: readonly PlayStep[];
  readonly adjust?: readonly PlayStep[];
  readonly exit: readonly PlayStep[];
};

export type PlayTerms =
  | { readonly status: "unknown" }
  | { readonly status: "published"; readonly digest: string; readonly definition: PlayDefinition };

export type PlayTermsEvent = {
  readonly type: "TermsPublished";
  readonly digest: string;
  readonly definition: PlayDefinition;
};

/** Notes what a version declares. */
export function noteTerms(
  _terms: PlayTerms,
  { digest, definition }: Omit<PlayTermsEvent, "type">,
): Decision<PlayTermsEvent, never> {
  return accept<PlayTermsEvent>({ type: "TermsPublished", digest, definition });
}

/** Replays a recorded fact. */
export function evolve(_terms: PlayTerms, { digest, definition }: PlayTermsEvent): PlayTerms {
  return { status: "published", digest, definition };
}

/** How many transactions an action may take at most: each step's, and the one that undoes it. */
export function transactionsOf(definition: PlayDefinition, action: "enter" | "adjust" | "exit"): number {
  const steps = definition[action] ?? [];
  return steps.reduce((sum, { intent, compensation }) => sum + (intent ? 1 : 0) + (compensation ? 1 : 0), 0);
}

export const playTermsKind: AggregateKind<PlayTerms, PlayTermsEvent> = {
  name: "play_terms",
  initial: { status: "unknown" },
  evolve,
  upcasters: [],
  indexes: [],
};
