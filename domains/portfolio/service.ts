import {
  type AggregateStore,
  type Cause,
  type DeriveId,
  NotYetKnown,
  transact,
  transactTogether,
} from "../../ports/mod.ts";
import type { AccountId, Decision, UserId } from "../shared/mod.ts";
import { createReports, type ReportDependencies } from "./_reports.ts";
import { type AssetDetails, learnAsset } from "./asset_info.ts";
import { type Deposit, type HoldChange, holdEntry, releaseEntry, type Settlement } from "./entries.ts";
import { chooseCurrency, registerInvestor } from "./investor.ts";
import { type NewEntry, postEntries } from "./ledger.ts";
import { realise } from "./performance.ts";
import {
  evolve,
  type FilledOrder,
  fillOrder,
  type Position,
  type PositionEvent,
  type UndoneOrder,
  undoOrder,
} from "./position.ts";
import {
  type PostedTransaction,
  type PostedTransactionEvent,
  type Posting,
  postDeposit,
  postedTransactionId,
  postSettlement,
  reverseDeposit,
} from "./posted_transaction.ts";
import { learnValuation, type PlayTerms, valuedPlayId } from "./valued_play.ts";
import { learnAddresses, type WalletAddress } from "./valued_wallet.ts";

export type PortfolioDependencies = ReportDependencies & {
  readonly transactions: AggregateStore<PostedTransaction, PostedTransactionEvent>;
  readonly deriveId: DeriveId;
};

export type PortfolioService = ReturnType<typeof createPortfolioService>;

/** A user's account that a transaction touched. */
type Seen = { readonly user: UserId; readonly account: AccountId };

const done = { ok: true } as const;

/** The commands and questions of the portfolio domain. Every command comes from an event, and counts once for it. */
export function createPortfolioService(dependencies: PortfolioDependencies) {
  const { ledgers, positions, performances, transactions, plays, wallets, assets, investors, clock, deriveId } =
    dependencies;

  /** Entries get their ids from the event that asks for them. One that moves nothing (an empty hold) is none. */
  function posting({ key, correlation }: Cause, entries: readonly NewEntry[]) {
    const moving = entries.filter(({ legs }) => legs.length > 0);
    const named = moving.map((each, place) => ({ ...each, entry: deriveId("entry", key ?? correlation, `${place}`) }));
    return { entries: named, at: clock() };
  }

  async function post(user: UserId, entry: NewEntry, cause: Cause) {
    const command = posting(cause, [entry]);
    return command.entries.length > 0 ? transact(ledgers, user, cause, (ledger) => postEntries(ledger, command)) : done;
  }

  function postOnce(
    { user, account }: Seen,
    hash: string,
    cause: Cause,
    decide: (posted: PostedTransaction) => Posting,
  ) {
    const targets = {
      ledger: { store: ledgers, id: user },
      transaction: { store: transactions, id: postedTransactionId(account, hash) },
    };
    return transactTogether(targets, cause, ({ ledger, transaction }) => {
      const { entries, events } = decide(transaction.state);
      const posted = postEntries(ledger.state, posting(cause, entries));
      return posted.ok ? { ok: true, events: { ledger: posted.events, transaction: events } } : posted;
    });
  }

  /** A position, and what it has brought its user so far, change together. */
  function change(
    id: string,
    { user, order, opens }: { readonly user: UserId; readonly order: string; readonly opens: boolean },
    cause: Cause,
    decide: (position: Position) => Decision<PositionEvent, never>,
  ) {
    const targets = { position: { store: positions, id }, performance: { store: performances, id: user } };
    return transactTogether(targets, cause, ({ position: { state } }) => {
      if (state.status === "absent" && !opens) {
        throw new NotYetKnown(`Cannot change position "${id}" by order "${order}": it is not open here yet`);
      }
      const decided = decide(state);
      const events = decided.ok ? decided.events : [];
      const after = events.reduce(evolve, state);
      return { ok: true, events: { position: events, performance: realise({ position: id, order }, state, after) } };
    });
  }

  return {
    ...createReports(dependencies),

    postDeposit: (deposit: Deposit, seen: Seen, cause: Cause) =>
      postOnce(seen, deposit.hash, cause, (posted) => postDeposit(posted, deposit)),

    reverseDeposit: (deposit: string, hash: string, seen: Seen, cause: Cause) =>
      postOnce(seen, hash, cause, (posted) => reverseDeposit(posted, deposit)),

    postSettlement: (settlement: Settlement, seen: Seen, cause: Cause) =>
      postOnce(seen, settlement.hash, cause, (posted) => postSettlement(posted, settlement)),

    postHold: (user: UserId, change: HoldChange, cause: Cause) => post(user, holdEntry(change), cause),

    postRelease: (user: UserId, change: HoldChange, cause: Cause) => post(user, releaseEntry(change), cause),

    /** Throws `NotYetKnown` while the order that opened the position has not arrived. */
    fillOrder(position: string, filled: FilledOrder, cause: Cause) {
      const { user, order, action } = filled;
      return change(position, { user, order, opens: action === "enter" }, cause, (state) => fillOrder(state, filled));
    },

    /** Throws `NotYetKnown` while the order that opened the position has not arrived. */
    undoOrder(position: string, user: UserId, undone: UndoneOrder, cause: Cause) {
      const { order } = undone;
      return change(position, { user, order, opens: false }, cause, (state) => undoOrder(state, undone));
    },

    learnValuation: (play: string, version: number, terms: PlayTerms, cause: Cause) =>
      transact(plays, valuedPlayId(play, version), cause, (state) => learnValuation(state, terms)),

    learnAddresses: (wallet: string, accounts: readonly WalletAddress[], cause: Cause) =>
      transact(wallets, wallet, cause, (state) => learnAddresses(state, accounts)),

    learnAsset: (asset: string, details: AssetDetails, cause: Cause) =>
      transact(assets, asset, cause, (state) => learnAsset(state, details)),

    registerInvestor: (user: string, cause: Cause) => transact(investors, user, cause, registerInvestor),

    chooseCurrency: (user: string, currency: string | undefined, cause: Cause) =>
      transact(investors, user, cause, (state) => chooseCurrency(state, currency)),
  };
}
