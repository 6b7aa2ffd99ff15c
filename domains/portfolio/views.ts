/**
 * What people see of ledgers and positions.
 *
 * @module
 */
import { type Amount, type AssetId, addDeltas, type Delta, type Instant, negate } from "../shared/mod.ts";
import { type AssetAmount, type AssetDelta, amountsOf, type ByAsset, deltasOf, ofAsset } from "./_by_asset.ts";
import type { Unavailable, Valued } from "./_valuing.ts";
import type { Health } from "./health.ts";
import type { EntryReason, Ledger, LedgerEvent, Leg } from "./ledger.ts";
import type { ClosedPosition, OpenPosition } from "./position.ts";

export type EntryView = {
  readonly id: string;
  readonly at: Instant;
  readonly reason: EntryReason;
  readonly legs: readonly Leg[];
};

export function entryView({ entry, at, reason, legs }: LedgerEvent): EntryView {
  return { id: entry, at, reason, legs };
}

/** Of one asset, in base units: free in wallets, set aside, in positions. */
export type Balance = {
  readonly asset: AssetId;
  readonly available: Delta;
  readonly held: Delta;
  readonly inPositions: Delta;
};

/** By asset, of all the user's wallets and positions. What is zero everywhere is left out. */
export function balancesOf({ balances }: Ledger): Balance[] {
  const columns = { wallet: "available", held: "held", position: "inPositions" } as const;
  const rows = new Map<AssetId, Balance>();
  for (const [account, amounts] of Object.entries(balances)) {
    const column = columns[account.split(":")[0] as keyof typeof columns];
    if (!column) continue;
    for (const { asset, delta } of deltasOf(amounts)) {
      const row = rows.get(asset) ?? { asset, available: none, held: none, inPositions: none };
      rows.set(asset, { ...row, [column]: addDeltas(row[column], delta) });
    }
  }
  return [...rows.values()].filter((row) => Object.values(columns).some((column) => row[column] !== none));
}

const none = "0" as Delta;

export type PositionView = {
  readonly id: string;
  readonly status: "open" | "closed";
  readonly wallet: string;
  readonly play: string;
  readonly version: number;
  readonly title?: string;
  readonly asset: AssetId;
  readonly holdings: readonly AssetAmount[];
  readonly cost: readonly AssetAmount[];
  readonly invested: readonly AssetAmount[];
  readonly proceeds: readonly AssetDelta[];
  /** In base units of the play's asset; null where it is unavailable. */
  readonly value: Amount | null;
  readonly unavailable?: Unavailable;
  readonly profit: { readonly realised: Delta; readonly unrealised: Delta | null };
  readonly health?: Health;
  readonly openedAt: Instant;
  readonly closedAt?: Instant;
};

/** A position as it was left: nothing is in it any more. */
export function closedPositionView(id: string, position: ClosedPosition): PositionView {
  return {
    ...commonView(id, position),
    ...{ holdings: [], cost: [], value: "0" as Amount },
    profit: { realised: position.realised, unrealised: none },
    closedAt: position.closedAt,
  };
}

/** A position with what it is worth now. */
export function openPositionView(id: string, position: OpenPosition, { title, value, health }: Valued): PositionView {
  const { holdings, cost, asset, realised } = position;
  return {
    ...commonView(id, position),
    ...(title !== undefined && { title }),
    holdings: amountsOf(holdings),
    cost: amountsOf(cost),
    ...(value.ok ? { value: value.value } : { value: null, unavailable: value.reason }),
    profit: { realised, unrealised: value.ok ? unrealised(value.value, cost, asset) : null },
    ...(health && { health }),
  };
}

function commonView(id: string, position: OpenPosition | ClosedPosition) {
  const { status, wallet, play, version, asset, invested, proceeds, openedAt } = position;
  const sums = { invested: amountsOf(invested), proceeds: deltasOf(proceeds) };
  return { id, status, wallet, play, version, asset, ...sums, openedAt };
}

/** What an exit at this value would realise; null where part of the cost was paid in another asset. */
function unrealised(value: Amount, cost: ByAsset, asset: AssetId): Delta | null {
  const foreign = Object.keys(cost).some((each) => each !== asset);
  return foreign ? null : addDeltas(value, negate(ofAsset(cost, asset)));
}
