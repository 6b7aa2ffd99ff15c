/**
 * What steps changed on chain, by asset, without network fees.
 *
 * @module
 */
import { type Amount, type AssetId, addDeltas, type Delta, isNegative, sizeOf } from "../shared/mod.ts";

export type NetEffect = { readonly asset: AssetId; readonly delta: Delta };
export type AssetAmount = { readonly asset: AssetId; readonly amount: Amount };
/** An ERC-721 token that a step brought in. */
export type Token = { readonly contract: string; readonly id: string };

type Settled = {
  readonly effects: readonly NetEffect[];
  readonly fee: { readonly asset: AssetId; readonly amount: Amount };
};

/** The effects of a transaction without the fee that is among them. */
export function withoutFee({ effects, fee }: Settled): readonly NetEffect[] {
  const plain = effects.map(({ asset, delta }) => ({ asset, delta }));
  return netOf([plain, [{ asset: fee.asset, delta: addDeltas(fee.amount) }]]);
}

/** Sums by asset; what comes to nothing drops out. */
export function netOf(all: readonly (readonly NetEffect[])[]): readonly NetEffect[] {
  const sums = new Map<AssetId, Delta>();
  for (const { asset, delta } of all.flat()) sums.set(asset, addDeltas(sums.get(asset) ?? ("0" as Delta), delta));
  return [...sums].filter(([, delta]) => delta !== "0").map(([asset, delta]) => ({ asset, delta }));
}

/** What a position holds after some effects: what is left above zero. */
export function holdingsAfter(before: readonly AssetAmount[], effects: readonly NetEffect[]): readonly AssetAmount[] {
  const had = before.map(({ asset, amount }) => ({ asset, delta: addDeltas(amount) }));
  return netOf([had, effects])
    .filter(({ delta }) => !isNegative(delta))
    .map(({ asset, delta }) => ({ asset, amount: sizeOf(delta) }));
}

/** The ERC-721 tokens that came in (CAIP-19: `eip155:1/erc721:<contract>/<id>`). */
export function tokensIn(effects: readonly NetEffect[]): readonly Token[] {
  return effects.flatMap(({ asset, delta }) => {
    const [, contract, id] = /\/erc721:([^/]+)\/(.+)$/.exec(asset) ?? [];
    return contract && id && !isNegative(delta) ? [{ contract, id }] : [];
  });
}
