/**
 * What steps changed on chain, by asset, without network fees.
 *
 * @module
 */
import { type Amount, type AssetId, addDeltas, type Delta, isNegative, sizeOf } from "../shared/mod.ts";

export type NetEffect = { readonly asset: AssetId; readonly delta: Delta };
export type AssetAmount = { readonly asset: AssetId; readonly amount: Amount };
/** An ERC-721 token. */
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

/** What an order does to a position: the net effects of its steps, in a play of this asset. */
export type Filling = {
  readonly action: "enter" | "adjust" | "exit";
  readonly asset: AssetId;
  readonly effects: readonly NetEffect[];
};

/**
 * What a position holds after an order. Entering and adjusting bring in and use up, but for what the user pays; leaving takes
 * out, and what it brings is the user's.
 */
export function holdingsAfter(
  before: readonly AssetAmount[],
  { action, asset, effects }: Filling,
): readonly AssetAmount[] {
  const isHeld = (effect: NetEffect) => before.some((held) => held.asset === effect.asset);
  const isPaid = (effect: NetEffect) => isNegative(effect.delta) && (effect.asset === asset || !isHeld(effect));
  const isTaken = (effect: NetEffect) => isNegative(effect.delta) && isHeld(effect);
  return plus(
    before,
    effects.filter((effect) => (action === "exit" ? isTaken(effect) : !isPaid(effect))),
  );
}

/**
 * What a position holds after an order that came to nothing: what did not come back of it is gone. Only leaving had all of it
 * in hand, so only then what came back is the position's, more than before too.
 */
export function holdingsUndone(
  before: readonly AssetAmount[],
  { action, asset, effects }: Filling,
): readonly AssetAmount[] {
  const isOwn = (effect: NetEffect) => action === "exit" || (isNegative(effect.delta) && effect.asset !== asset);
  const isHeld = (effect: NetEffect) => before.some((held) => held.asset === effect.asset);
  return plus(
    before,
    effects.filter((effect) => isHeld(effect) && isOwn(effect)),
  );
}

/** Sums by asset; what falls below zero is nothing. */
function plus(before: readonly AssetAmount[], effects: readonly NetEffect[]): readonly AssetAmount[] {
  const had = before.map(({ asset, amount }) => ({ asset, delta: addDeltas(amount) }));
  return netOf([had, effects])
    .filter(({ delta }) => !isNegative(delta))
    .map(({ asset, delta }) => ({ asset, amount: sizeOf(delta) }));
}

/** The ERC-721 tokens among some assets (CAIP-19: `eip155:1/erc721:<contract>/<id>`). */
export function tokensOf(assets: readonly { readonly asset: AssetId }[]): readonly Token[] {
  return assets.flatMap(({ asset }) => {
    const [, contract, id] = /\/erc721:([^/]+)\/(.+)$/.exec(asset) ?? [];
    return contract && id ? [{ contract, id }] : [];
  });
}

/** The ERC-721 tokens that came in. */
export function tokensIn(effects: readonly NetEffect[]): readonly Token[] {
  return tokensOf(effects.filter(({ delta }) => !isNegative(delta)));
}
