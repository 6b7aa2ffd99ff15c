/**
 * What the portfolio knows of a listed asset: how to show and price amounts of it.
 *
 * @module
 */
import type { AggregateKind } from "../../ports/mod.ts";
import { accept, type Decision } from "../shared/mod.ts";

export type AssetDetails = { readonly symbol: string; readonly decimals: number };

export type AssetInfo = { readonly status: "unknown" } | ({ readonly status: "listed" } & AssetDetails);

export type AssetInfoEvent = { readonly type: "AssetLearned" } & AssetDetails;

/** Remembers an asset as it is listed now. */
export function learnAsset(_asset: AssetInfo, { symbol, decimals }: AssetDetails): Decision<AssetInfoEvent, never> {
  return accept<AssetInfoEvent>({ type: "AssetLearned", symbol, decimals });
}

/** Replays a recorded fact. */
export function evolve(_asset: AssetInfo, { symbol, decimals }: AssetInfoEvent): AssetInfo {
  return { status: "listed", symbol, decimals };
}

export const assetInfoKind: AggregateKind<AssetInfo, AssetInfoEvent> = {
  name: "asset_info",
  initial: { status: "unknown" },
  evolve,
  upcasters: [],
  indexes: [],
};
