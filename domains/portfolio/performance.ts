/**
 * What a user's positions have brought so far: running sums, so that nobody has to read every position that there ever was.
 *
 * @module
 */
import type { AggregateKind } from "../../ports/mod.ts";
import {
  type AssetId,
  addDecimals,
  addDeltas,
  type Decimal,
  decimalText,
  multiplyDecimals,
  negate,
  scaledDecimal,
} from "../shared/mod.ts";
import { type AssetDelta, type ByAsset, deltasOf, nothing, plusAll } from "./_by_asset.ts";
import type { Told } from "./_valuing.ts";
import type { Position } from "./position.ts";

/** By asset: all that came out of positions, less the cost of what left them. Network fees are not among it. */
export type Performance = { readonly realised: ByAsset };

export type PerformanceEvent = {
  readonly type: "ProfitRealised";
  readonly position: string;
  readonly order: string;
  readonly changes: readonly AssetDelta[];
};

/** What an order realised of a position; nothing where it only put something in. */
export function realise(
  { position, order }: Pick<PerformanceEvent, "position" | "order">,
  before: Position,
  after: Position,
): readonly PerformanceEvent[] {
  const then = deltasOf(realisedOf(before)).map(({ asset, delta }) => ({ asset, delta: negate(delta) }));
  const changes = deltasOf(plusAll(realisedOf(after), then));
  return changes.length > 0 ? [{ type: "ProfitRealised", position, order, changes }] : [];
}

/** Proceeds less the cost of what left: what was put in, but for what is still the cost of holdings. */
function realisedOf(position: Position): ByAsset {
  if (position.status === "absent") return nothing;
  const { invested, proceeds } = position;
  const left = deltasOf(invested).map(({ asset, delta }) => ({ asset, delta: negate(delta) }));
  const kept = position.status === "open" ? deltasOf(position.cost) : [];
  const all = [...deltasOf(proceeds), ...left, ...kept];
  return plusAll(
    nothing,
    all.map(({ asset, delta }) => ({ asset: collectionOf(asset), delta })),
  );
}

/** Tokens of a collection count together: the sums stay as few as the assets that plays declare. */
function collectionOf(asset: AssetId): AssetId {
  return asset.split("/").slice(0, 2).join("/") as AssetId;
}

/** Replays a recorded fact. */
export function evolve({ realised }: Performance, { changes }: PerformanceEvent): Performance {
  return { realised: plusAll(realised, changes) };
}

export const performanceKind: AggregateKind<Performance, PerformanceEvent> = {
  name: "performance",
  initial: { realised: nothing },
  evolve,
  upcasters: [],
  indexes: [],
};

/** In the portfolio's currency, with two places; null where a price or a value that it needs is unavailable. */
export type PerformanceView = { readonly realised: string | null; readonly unrealised: string | null };

type Standing = { readonly asset: AssetId; readonly value: Told; readonly cost: ByAsset };

/** All at the prices of now: what was realised, and what leaving every open position at its value would realise besides. */
export function performanceView(
  { realised }: Performance,
  positions: readonly Standing[],
  prices: ReadonlyMap<AssetId, Decimal>,
): PerformanceView {
  const open = positions.flatMap(({ asset, value, cost }): readonly AssetDelta[] => {
    const paid = deltasOf(cost).map((each) => ({ asset: each.asset, delta: negate(each.delta) }));
    return value.ok ? [...paid, { asset, delta: addDeltas(value.value) }] : [];
  });
  return {
    realised: worthOf(realised, prices),
    unrealised: positions.every(({ value }) => value.ok) ? worthOf(plusAll(nothing, open), prices) : null,
  };
}

/** Which prices it takes. */
export function assetsOfPerformance({ realised }: Performance, positions: readonly Standing[]): readonly AssetId[] {
  const standing = positions.flatMap(({ asset, cost }) => [asset, ...(Object.keys(cost) as AssetId[])]);
  return [...(Object.keys(realised) as AssetId[]), ...standing];
}

function worthOf(sums: ByAsset, prices: ReadonlyMap<AssetId, Decimal>): string | null {
  const worths = deltasOf(sums).map(({ asset, delta }) => {
    const price = prices.get(asset);
    return price && multiplyDecimals(scaledDecimal(delta, 0), price);
  });
  const known = worths.filter((worth) => worth !== undefined);
  return known.length === worths.length ? decimalText(addDecimals(...known), 2) : null;
}
