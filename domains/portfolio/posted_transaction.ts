/**
 * What the ledger has posted of one on-chain transaction for one account, so that it posts each once: a transfer's effects
 * are all that changed; without a transfer of ours, each deposit is on its own.
 *
 * @module
 */
import type { AggregateKind } from "../../ports/mod.ts";
import type { AccountId } from "../shared/mod.ts";
import { type Deposit, depositEntry, depositReversal, type Settlement, settlementEntry } from "./entries.ts";
import type { NewEntry } from "./ledger.ts";

export type PostedTransaction = {
  readonly transfer: string | null;
  /** Those in the ledger now, by id. */
  readonly deposits: Readonly<Record<string, Deposit>>;
};

export type PostedTransactionEvent =
  | { readonly type: "TransferPosted"; readonly transfer: string }
  | { readonly type: "DepositPosted"; readonly deposit: Deposit }
  | { readonly type: "DepositReversed"; readonly deposit: string }
  | { readonly type: "NothingPosted"; readonly source: string; readonly reason: NothingReason };

type NothingReason = "already-posted" | "part-of-transfer" | "never-posted";

/** What goes to the ledger, and what is remembered of it. There is always something to remember. */
export type Posting = { readonly entries: readonly NewEntry[]; readonly events: readonly PostedTransactionEvent[] };

/** The transaction as one account saw it. */
export function postedTransactionId(account: AccountId, hash: string): string {
  return `${account}:${hash}`;
}

/** Posts a settled transfer's effects. Deposits that were seen in the same transaction are among them, and taken back. */
export function postSettlement(posted: PostedTransaction, settlement: Settlement): Posting {
  const { transfer } = settlement;
  if (posted.transfer !== null) return nothingPosted(transfer, "already-posted");
  const deposits = Object.values(posted.deposits);
  return {
    entries: [...deposits.map(depositReversal), settlementEntry(settlement)],
    events: [
      ...deposits.map(({ deposit }) => ({ type: "DepositReversed", deposit }) as const),
      { type: "TransferPosted", transfer },
    ],
  };
}

/** Posts a final deposit. */
export function postDeposit(posted: PostedTransaction, deposit: Deposit): Posting {
  if (posted.transfer !== null) return nothingPosted(deposit.deposit, "part-of-transfer");
  if (deposit.deposit in posted.deposits) return nothingPosted(deposit.deposit, "already-posted");
  return { entries: [depositEntry(deposit)], events: [{ type: "DepositPosted", deposit }] };
}

/** Takes a deposit back that was final and vanished; one that never was final is not in the ledger. */
export function reverseDeposit(posted: PostedTransaction, id: string): Posting {
  const deposit = posted.deposits[id];
  if (!deposit) return nothingPosted(id, "never-posted");
  return { entries: [depositReversal(deposit)], events: [{ type: "DepositReversed", deposit: id }] };
}

function nothingPosted(source: string, reason: NothingReason): Posting {
  return { entries: [], events: [{ type: "NothingPosted", source, reason }] };
}

/** Replays a recorded fact. */
export function evolve(posted: PostedTransaction, event: PostedTransactionEvent): PostedTransaction {
  switch (event.type) {
    case "TransferPosted":
      return { ...posted, transfer: event.transfer };
    case "DepositPosted":
      return { ...posted, deposits: { ...posted.deposits, [event.deposit.deposit]: event.deposit } };
    case "DepositReversed": {
      const { [event.deposit]: _, ...deposits } = posted.deposits;
      return { ...posted, deposits };
    }
    case "NothingPosted":
      return posted;
  }
}

export const postedTransactionKind: AggregateKind<PostedTransaction, PostedTransactionEvent> = {
  name: "posted_transaction",
  initial: { transfer: null, deposits: {} },
  evolve,
  upcasters: [],
  indexes: [],
};
