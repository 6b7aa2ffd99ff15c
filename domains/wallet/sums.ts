import {
  type Amount,
  type AssetId,
  addAmounts,
  addDeltas,
  compareAmounts,
  type Delta,
  subtractAmounts,
  zero,
} from "../shared/mod.ts";

export type AssetAmount = { readonly asset: AssetId; readonly amount: Amount };
export type AssetDelta = { readonly asset: AssetId; readonly delta: Delta };

/** Amounts by asset. What is zero is left out. */
export type Amounts = { readonly [asset: string]: Amount };

/** Sums of changes by asset. What is zero is left out. */
export type Deltas = { readonly [asset: string]: Delta };

/** How much of an asset is there. */
export function ofAsset(amounts: Amounts, asset: string): Amount {
  return amounts[asset] ?? zero;
}

/** The sums after changes. */
export function changed(sums: Deltas, changes: readonly AssetDelta[]): Deltas {
  return changes.reduce((all, { asset, delta }) => replaced(all, asset, addDeltas(all[asset] ?? zero, delta)), sums);
}

export function plus(amounts: Amounts, added: readonly AssetAmount[]): Amounts {
  return added.reduce(
    (all, { asset, amount }) => replaced(all, asset, addAmounts(ofAsset(all, asset), amount)),
    amounts,
  );
}

/** Never below zero. */
export function minus(amounts: Amounts, taken: readonly AssetAmount[]): Amounts {
  return taken.reduce(
    (all, { asset, amount }) => replaced(all, asset, subtractAmounts(ofAsset(all, asset), amount)),
    amounts,
  );
}

function replaced<Sum extends Amount | Delta>(
  sums: { readonly [asset: string]: Sum },
  asset: string,
  sum: Sum,
): { readonly [asset: string]: Sum } {
  const { [asset]: _, ...others } = sums;
  return compareAmounts(sum as Amount, zero) === 0 ? others : { ...others, [asset]: sum };
}

/** Amounts as a list, by asset; without those that are zero. */
export function listed(amounts: Amounts): readonly AssetAmount[] {
  return Object.entries(amounts)
    .filter(([, amount]) => amount !== zero)
    .map(([asset, amount]) => ({ asset: asset as AssetId, amount }))
    .sort((a, b) => (a.asset < b.asset ? -1 : 1));
}

/** A list as amounts by asset; what is named twice is added up. */
export function summed(list: readonly AssetAmount[]): Amounts {
  return plus({}, list);
}
