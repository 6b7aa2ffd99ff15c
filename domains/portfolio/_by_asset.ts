import { type Amount, type AssetId, addDeltas, amount, type Delta, isNegative, sizeOf } from "../shared/mod.ts";

export type AssetAmount = { readonly asset: AssetId; readonly amount: Amount };
export type AssetDelta = { readonly asset: AssetId; readonly delta: Delta };

/** Signed amounts by asset. What is zero is left out, so that states stay small. */
export type ByAsset = Readonly<Record<AssetId, Delta>>;

export const nothing: ByAsset = {};

export function plus(sums: ByAsset, asset: AssetId, change: Delta | Amount): ByAsset {
  const { [asset]: before = "0" as Delta, ...others } = sums as Record<AssetId, Delta>;
  const after = addDeltas(before, change);
  return after === "0" ? others : { ...others, [asset]: after };
}

export function plusAll(sums: ByAsset, changes: readonly AssetDelta[]): ByAsset {
  return changes.reduce((sum, { asset, delta }) => plus(sum, asset, delta), sums);
}

export function ofAsset(sums: ByAsset, asset: AssetId): Delta {
  return sums[asset] ?? ("0" as Delta);
}

export function deltasOf(sums: ByAsset): AssetDelta[] {
  return Object.entries(sums).map(([asset, delta]) => ({ asset: asset as AssetId, delta }));
}

/** What is above zero. */
export function amountsOf(sums: ByAsset): AssetAmount[] {
  return deltasOf(sums).flatMap(({ asset, delta }) => (isNegative(delta) ? [] : [{ asset, amount: sizeOf(delta) }]));
}

export function byAsset(amounts: readonly AssetAmount[]): ByAsset {
  return amounts.reduce((sums, each) => plus(sums, each.asset, each.amount), nothing);
}

/** The part `numerator / denominator` of an amount, rounded down. */
export function partOf(whole: Delta | Amount, numerator: bigint, denominator: bigint): Amount {
  return amount((BigInt(whole) * numerator) / denominator);
}
