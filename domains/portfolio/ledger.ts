/**
 * The ledger of one user: double entry. What a user's wallets, holds and positions have is the state; how it came about is
 * the events.
 *
 * @module
 */
import type { AggregateKind } from "../../ports/mod.ts";
import { type AssetId, accept, type Decision, type Delta, type Instant, type NetworkId } from "../shared/mod.ts";
import { type ByAsset, nothing, plus, plusAll } from "./_by_asset.ts";

/**
 * `wallet:` is free, `held:` set aside for an order or a transfer, `position:` in a play. `external` is the world that money
 * comes from and goes to.
 */
export type LedgerAccount = `wallet:${string}` | `held:${string}` | `position:${string}` | "fees:network" | "external";

/** What an entry does to one account, in base units. */
export type Leg = { readonly account: LedgerAccount; readonly asset: AssetId; readonly delta: Delta };

export type EntryReason =
  | {
      readonly type: "deposit" | "deposit-reverted";
      readonly deposit: string;
      readonly network: NetworkId;
      readonly hash: string;
    }
  | {
      readonly type: "transfer";
      readonly transfer: string;
      readonly network: NetworkId;
      readonly hash: string;
      readonly outcome: "success" | "reverted";
      readonly order?: string;
    }
  | { readonly type: "hold" | "release"; readonly hold: string; readonly order?: string };

/** Why, and what moves. */
export type NewEntry = { readonly reason: EntryReason; readonly legs: readonly Leg[] };

export type LedgerEvent = {
  readonly type: "EntryPosted";
  readonly entry: string;
  readonly at: Instant;
  readonly reason: EntryReason;
  readonly legs: readonly Leg[];
};

/** Balances by account; an account without any is left out. All accounts of one asset sum to zero. */
export type Ledger = { readonly balances: Readonly<Record<string, ByAsset>> };

export type PostEntries = {
  readonly entries: readonly (NewEntry & { readonly entry: string })[];
  readonly at: Instant;
};

/** Posts entries. One whose legs do not sum to zero in each asset is our own mistake: it throws. */
export function postEntries(_ledger: Ledger, { entries, at }: PostEntries): Decision<LedgerEvent, never> {
  for (const { reason, legs } of entries) {
    const [unbalanced] = Object.keys(plusAll(nothing, legs));
    if (unbalanced) throw new RangeError(`Cannot post a ${reason.type}: its legs of ${unbalanced} do not sum to zero`);
  }
  return accept(
    ...entries.map(({ entry, reason, legs }) => ({ type: "EntryPosted", entry, at, reason, legs }) as const),
  );
}

/** Replays a recorded fact. */
export function evolve(ledger: Ledger, { legs }: LedgerEvent): Ledger {
  return { balances: legs.reduce(applyLeg, ledger.balances) };
}

function applyLeg(balances: Ledger["balances"], { account, asset, delta }: Leg): Ledger["balances"] {
  const { [account]: before = nothing, ...others } = balances;
  const after = plus(before, asset, delta);
  return Object.keys(after).length > 0 ? { ...others, [account]: after } : others;
}

export const ledgerKind: AggregateKind<Ledger, LedgerEvent> = {
  name: "ledger",
  initial: { balances: {} },
  evolve,
  upcasters: [],
  indexes: [],
};
