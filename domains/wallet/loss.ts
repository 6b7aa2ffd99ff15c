/**
 * A play may not lose more than it says: what a transaction would give away for less than its worth, by known prices.
 *
 * @module
 */
import {
  type AssetId,
  alignDecimals,
  type Decimal,
  type Delta,
  decimal,
  multiplyDecimals,
  negate,
  scaledDecimal,
} from "../shared/mod.ts";
import { collectionOf } from "./asset.ts";
import type { Network, Simulation } from "./chain.ts";
import { type Refusing, refusing } from "./intent.ts";
import type { PlayDefinition } from "./play_terms.ts";

/** What one whole unit (10^decimals base units) of an asset costs: a decimal, of all assets in the same currency. */
export type Quoted = { readonly price: string; readonly decimals: number };

type Moved = { readonly asset: AssetId; readonly delta: Delta };

/**
 * What counts of a simulation: changes of the network's own asset (without the fee) and of what the play declares. Anything
 * else that comes in is worth nothing here, and nothing else goes out. More of a debt is less for the account.
 */
export function movedBy(definition: PlayDefinition, network: Network, { effects }: Simulation): readonly Moved[] {
  const own = [network.nativeAsset, definition.asset].map((asset) => ({ asset, accrual: "none" }));
  const declared = [...definition.assets, ...own];
  return effects.flatMap(({ asset, delta }) => {
    const known = declared.find((each) => collectionOf(each.asset) === collectionOf(asset));
    return known ? [{ asset, delta: known.accrual === "debt" ? negate(delta) : delta }] : [];
  });
}

/**
 * Refuses a transaction that gives away more than `slippageBps` of the worth that goes out. It is judged only where every asset
 * that moves has a price and decimals: else nobody knows the loss, and it passes. So does what moves nothing, such as an
 * allowance. Exact.
 */
export function guardLoss(
  { slippageBps }: PlayDefinition,
  moved: readonly Moved[],
  quotes: ReadonlyMap<AssetId, Quoted>,
): { readonly ok: true } | Refusing<"loss-above-slippage"> {
  const worths = moved.map(({ asset, delta }) => worthOf(delta, quotes.get(asset)));
  const known = worths.filter((worth) => worth !== undefined);
  if (known.length < worths.length) return { ok: true };
  const changes = alignDecimals(known);
  const out = -changes.reduce((sum, change) => (change < 0n ? sum + change : sum), 0n);
  const loss = -changes.reduce((sum, change) => sum + change, 0n);
  if (loss * 10_000n <= out * BigInt(slippageBps)) return { ok: true };
  const lost = (loss * 10_000n) / out;
  return refusing(
    "loss-above-slippage",
    `It would lose ${lost} basis points of what goes out, of ${slippageBps} allowed`,
  );
}

function worthOf(delta: Delta, quoted: Quoted | undefined): Decimal | undefined {
  return quoted && multiplyDecimals(scaledDecimal(delta, quoted.decimals), decimal(quoted.price));
}
