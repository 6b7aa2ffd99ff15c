import type { AggregateStore } from "../../ports/mod.ts";
import type { PlayTerms, PlayTermsEvent } from "./play_terms.ts";
import type { KnownTransfer, OrderPurpose, Transfer, TransferEvent } from "./transfer.ts";
import type { Wallet, WalletEvent } from "./wallet.ts";

type Dependencies = {
  readonly wallets: AggregateStore<Wallet, WalletEvent>;
  readonly transfers: AggregateStore<Transfer, TransferEvent>;
  readonly playTerms: AggregateStore<PlayTerms, PlayTermsEvent>;
};

const underWay = ["signed", "submitted", "included"] as const;
/** Those of a transfer whose transaction was signed, and may have been sent. */
export const begun = [...underWay, "final"] as const;

/**
 * Whether a transfer has to wait. What one transaction of a hold may still take, a second must not count on; and an allowance
 * is one number for each token and spender: of the orders of one account that may use the same spender, one goes on at a time,
 * from its first transaction to its end.
 */
export function createTurns({ wallets, transfers, playTerms }: Dependencies) {
  async function transferOf(hold: string, status: readonly string[]): Promise<Transfer | undefined> {
    const { items } = await transfers.find({ where: { hold, status }, limit: 1 });
    return items[0]?.state;
  }

  async function spendersOf({ play, version }: OrderPurpose): Promise<readonly string[]> {
    const { state } = await playTerms.load(`${play}-${version}`);
    return state.status === "unknown" ? [] : state.definition.spenders.map((spender) => spender.toLowerCase());
  }

  async function sharesSpender(purpose: OrderPurpose, other: OrderPurpose): Promise<boolean> {
    const [mine, theirs] = await Promise.all([spendersOf(purpose), spendersOf(other)]);
    return mine.some((spender) => theirs.includes(spender));
  }

  return async ({ hold, wallet, account, purpose }: KnownTransfer): Promise<boolean> => {
    if (await transferOf(hold, underWay)) return true;
    if (purpose.type !== "order" || (await transferOf(hold, begun))) return false;
    const { state } = await wallets.load(wallet);
    const holds = state.status === "absent" ? [] : Object.entries(state.holds);
    for (const [other, { purpose: its }] of holds) {
      if (its.type !== "order" || other === hold) continue;
      const first = await transferOf(other, begun);
      if (!first || first.status === "absent" || first.account !== account || first.purpose.type !== "order") continue;
      if (await sharesSpender(purpose, first.purpose)) return true;
    }
    return false;
  };
}
