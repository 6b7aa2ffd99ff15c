/**
 * What an order does to a position's holdings and to their cost.
 *
 * @module
 */
import { type AssetId, addDeltas, type Delta, isNegative, negate, sizeOf } from "../shared/mod.ts";
import { type AssetDelta, type ByAsset, deltasOf, nothing, ofAsset, partOf, plus, plusAll } from "./_by_asset.ts";

export type Fill = {
  readonly action: "enter" | "adjust" | "exit";
  readonly asset: AssetId;
  readonly effects: readonly AssetDelta[];
  readonly closed: boolean;
};

type Held = { readonly holdings: ByAsset; readonly cost: ByAsset };

export type Filled = Held & {
  /** What the order put in. */
  readonly invested: ByAsset;
  /** What it brought out; negative where leaving took money, such as repaying from the user's own. */
  readonly proceeds: ByAsset;
  /** The cost basis of what left. */
  readonly left: ByAsset;
};

/** Enter and adjust: what comes in is held, what is paid is cost. Exit: what comes in is proceeds. */
export function applyFill(before: Held, { action, asset, effects, closed }: Fill): Filled {
  if (action !== "exit") return grow(before, asset, effects);
  return leave(before, effects, closed, ({ asset, delta }) => isNegative(delta) && asset in before.holdings);
}

/** How an order came to nothing: all was undone, or a person settled it as it stood. */
export type Undoing = "undone" | "resolved";

/**
 * An order that came to nothing. Only leaving had the position's assets in hand: of those, what came back is the position's,
 * less or more than before; the rest is proceeds. Where all was undone nothing was sold, and the cost stays with what came back
 * (shares may come back dearer, and fewer); what a person left sold has its part of the cost. An adjustment brings nothing:
 * what it cost the user was never the position's.
 */
export function applyUndone(before: Held, { action, asset: playAsset, effects, closed }: Fill, how: Undoing): Filled {
  const isHeld = ({ asset }: AssetDelta) => asset in before.holdings;
  if (action !== "exit") {
    const isGone = (effect: AssetDelta) => isNegative(effect.delta) && effect.asset !== playAsset && isHeld(effect);
    return keepingCost(before, leave(before, effects.filter(isGone), false, isGone));
  }
  const left = leave(before, effects, closed, isHeld);
  const isSold = how === "resolved" && effects.some((effect) => !isHeld(effect) && !isNegative(effect.delta));
  return closed || isSold ? left : keepingCost(before, left);
}

function keepingCost({ cost }: Held, left: Filled): Filled {
  return { ...left, cost, left: nothing };
}

function grow({ holdings, cost }: Held, playAsset: AssetId, effects: readonly AssetDelta[]): Filled {
  // The play's asset is paid from the wallet; any other comes from the position where it has some.
  const isCost = ({ asset, delta }: AssetDelta) => isNegative(delta) && (asset === playAsset || !(asset in holdings));
  const invested = effects.filter(isCost).map(({ asset, delta }) => ({ asset, delta: negate(delta) }));
  return {
    holdings: taken(
      holdings,
      effects.filter((effect) => !isCost(effect)),
    ),
    cost: plusAll(cost, invested),
    invested: plusAll(nothing, invested),
    proceeds: nothing,
    left: nothing,
  };
}

function leave(
  { holdings, cost }: Held,
  effects: readonly AssetDelta[],
  closed: boolean,
  isHeld: (effect: AssetDelta) => boolean,
): Filled {
  const remaining = taken(holdings, effects.filter(isHeld));
  const brought = plusAll(
    nothing,
    effects.filter((effect) => !isHeld(effect)),
  );
  if (closed) {
    // What a closed position still had is the user's again.
    return {
      holdings: nothing,
      cost: nothing,
      invested: nothing,
      proceeds: plusAll(brought, deltasOf(remaining)),
      left: cost,
    };
  }
  const { numerator, denominator } = shareTaken(holdings, remaining);
  const left = deltasOf(cost).map(({ asset, delta }) => ({
    asset,
    delta: addDeltas(partOf(delta, numerator, denominator)),
  }));
  const kept = plusAll(
    cost,
    left.map(({ asset, delta }) => ({ asset, delta: negate(delta) })),
  );
  return { holdings: remaining, cost: kept, invested: nothing, proceeds: brought, left: plusAll(nothing, left) };
}

/** A rebasing asset may give more than ever came in: then nothing is left of it. */
function taken(holdings: ByAsset, changes: readonly AssetDelta[]): ByAsset {
  return changes.reduce((held, { asset, delta }) => {
    const least = negate(ofAsset(held, asset));
    return plus(held, asset, BigInt(delta) < BigInt(least) ? least : delta);
  }, holdings);
}

/** How much of the position left: the part of the holding that shrank most. */
function shareTaken(before: ByAsset, after: ByAsset): { readonly numerator: bigint; readonly denominator: bigint } {
  const shares = deltasOf(before).map(({ asset, delta }) => ({
    numerator: BigInt(delta) - BigInt(ofAsset(after, asset)),
    denominator: BigInt(sizeOf(delta as Delta)),
  }));
  return shares.reduce(
    (most, each) => (each.numerator * most.denominator > most.numerator * each.denominator ? each : most),
    {
      numerator: 0n,
      denominator: 1n,
    },
  );
}
