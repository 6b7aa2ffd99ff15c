/**
 * A portfolio in one look: what it is worth, and how that is spread over plays.
 *
 * @module
 */
import {
  type Amount,
  type AssetId,
  addDecimals,
  alignDecimals,
  type Decimal,
  type Delta,
  decimalText,
  type Instant,
  multiplyDecimals,
  scaledDecimal,
  zero,
} from "../shared/mod.ts";
import { type AssetDelta, type ByAsset, deltasOf } from "./_by_asset.ts";
import type { Told } from "./_valuing.ts";
import { shares } from "./allocation.ts";
import { type HealthStatus, worstHealth } from "./health.ts";
import type { Ledger } from "./ledger.ts";
import { type Performance, type PerformanceView, performanceView } from "./performance.ts";

/** An open position, valued. */
export type ValuedPosition = {
  readonly id: string;
  readonly play: string;
  readonly asset: AssetId;
  readonly value: Told;
  readonly cost: ByAsset;
  readonly health?: HealthStatus;
};

export type PortfolioView = {
  /** With two places; null where a figure that it needs is unavailable: then the lists say which. */
  readonly value: string | null;
  readonly currency: string;
  readonly unpriced: readonly AssetId[];
  readonly unvalued: readonly string[];
  /** In percent, two places, summing to 100.00; null where it cannot be told. */
  readonly allocation: readonly { readonly play: string; readonly share: string }[] | null;
  readonly performance: PerformanceView;
  readonly health: HealthStatus;
  readonly asOf: Instant;
};

export type Summary = {
  /** What is in wallets, held or not. */
  readonly cash: readonly AssetDelta[];
  readonly positions: readonly ValuedPosition[];
  readonly performance: Performance;
  /** What one base unit costs, for those that have a price. */
  readonly prices: ReadonlyMap<AssetId, Decimal>;
  readonly currency: string;
  readonly asOf: Instant;
};

/** Sums up exactly, and rounds once, at the end. */
export function summarise({ cash, positions, performance, prices, currency, asOf }: Summary): PortfolioView {
  const worths = positions.map(({ asset, value }) => (value.ok ? worthOf(prices, asset, value.value) : undefined));
  const all = [...worths, ...cash.map(({ asset, delta }) => worthOf(prices, asset, delta))];
  const known = all.filter((worth) => worth !== undefined);
  return {
    value: known.length === all.length ? decimalText(addDecimals(...known), 2) : null,
    currency,
    unpriced: unpricedOf(cash, positions, prices),
    unvalued: positions.filter(({ value }) => !value.ok).map(({ id }) => id),
    allocation: allocationOf(positions, worths),
    performance: performanceView(performance, positions, prices),
    health: worstHealth(positions.flatMap(({ health }) => health ?? [])),
    asOf,
  };
}

/** The assets whose price matters: those that someone has some of. */
export function assetsToPrice(cash: Summary["cash"], positions: Summary["positions"]): AssetId[] {
  const valued = positions.flatMap(({ asset, value }) => (value.ok && value.value !== zero ? [asset] : []));
  return [...new Set([...cash.map(({ asset }) => asset), ...valued])];
}

/** What wallets have of each asset, free or held. */
export function cashOf({ balances }: Ledger): AssetDelta[] {
  const sums = new Map<AssetId, bigint>();
  for (const [account, held] of Object.entries(balances)) {
    if (!account.startsWith("wallet:") && !account.startsWith("held:")) continue;
    for (const { asset, delta } of deltasOf(held)) sums.set(asset, (sums.get(asset) ?? 0n) + BigInt(delta));
  }
  return [...sums].flatMap(([asset, total]) => (total === 0n ? [] : [{ asset, delta: total.toString() as Delta }]));
}

function worthOf(prices: Summary["prices"], asset: AssetId, units: Amount | Delta): Decimal | undefined {
  if (units === zero) return scaledDecimal(zero, 0);
  const price = prices.get(asset);
  return price && multiplyDecimals(scaledDecimal(units, 0), price);
}

function unpricedOf(cash: Summary["cash"], positions: Summary["positions"], prices: Summary["prices"]): AssetId[] {
  return assetsToPrice(cash, positions).filter((asset) => !prices.has(asset));
}

/** By worth where every position has one; by amount where all are counted in the same asset. */
function allocationOf(
  positions: readonly ValuedPosition[],
  worths: readonly (Decimal | undefined)[],
): PortfolioView["allocation"] {
  const priced = worths.filter((worth) => worth !== undefined);
  const amounts = positions.flatMap(({ value }) => (value.ok ? [scaledDecimal(value.value, 0)] : []));
  const oneAsset = new Set(positions.map(({ asset }) => asset)).size === 1;
  const weights = priced.length === positions.length ? priced : oneAsset ? amounts : [];
  if (weights.length < positions.length) return null;
  const byPlay = new Map<string, bigint>();
  for (const [place, weight] of alignDecimals(weights).entries()) {
    const play = positions[place]?.play ?? "";
    byPlay.set(play, (byPlay.get(play) ?? 0n) + weight);
  }
  const plays = [...byPlay.keys()];
  if (plays.length === 0) return [];
  return shares([...byPlay.values()])?.map((share, place) => ({ play: plays[place] ?? "", share })) ?? null;
}
