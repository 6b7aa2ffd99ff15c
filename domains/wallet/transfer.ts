/**
 * One intent to move value or call a contract from a wallet. At most one transaction of it is ever signed, so at most one
 * lands.
 *
 * @module
 */
import type { AggregateKind } from "../../ports/mod.ts";
import {
  type AccountId,
  type Amount,
  type AssetId,
  accept,
  type Decision,
  type Delta,
  type Instant,
  type NetworkId,
  refuse,
  type UserId,
} from "../shared/mod.ts";
import type { Call, Fees } from "./chain.ts";
import type { BlockRef } from "./deposit.ts";
import type { Intent } from "./intent.ts";
import type { Judgement } from "./judging.ts";
import type { Scope } from "./scope.ts";
import type { Reserved } from "./volume.ts";

export type OrderPurpose = {
  readonly type: "order";
  readonly order: string;
  readonly task: string;
  readonly step: string;
  readonly compensation: boolean;
  readonly play: string;
  readonly version: number;
  readonly digest: string;
};

export type Purpose = { readonly type: "user" } | OrderPurpose;
export type Priority = "low" | "normal" | "high";

/** What was shown and held for before it was accepted. */
export type Quote = { readonly call: Call; readonly digest: string; readonly fee: Amount };

export type TransferRequest = {
  readonly user: UserId;
  readonly wallet: string;
  readonly network: NetworkId;
  /** The wallet's on the network; absent where it has none. */
  readonly account?: AccountId;
  readonly intent: Intent;
  readonly purpose: Purpose;
  /** The hold that pays for it. */
  readonly hold: string;
  readonly priority: Priority;
  readonly note?: string;
  readonly scope?: Scope;
  readonly quote?: Quote;
  /** Absent of a play's, which is judged before it is signed. */
  readonly policy?: Judgement;
  /** What it has of the volumes that its policy limits. */
  readonly reserved?: readonly Reserved[];
  readonly at: Instant;
  readonly correlation: string;
};

export type Transaction = {
  readonly hash: string;
  readonly nonce: number;
  readonly call: Call;
  readonly fees: Fees;
  readonly gas: Amount;
};

export type SettledEffect = {
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly delta: Delta;
  readonly held: Delta;
};

export type Settlement = {
  readonly account: AccountId;
  readonly block: BlockRef;
  readonly outcome: "success" | "reverted";
  readonly effects: readonly SettledEffect[];
  readonly fee: { readonly asset: AssetId; readonly amount: Amount };
};

type Signed = TransferRequest & { readonly transaction: Transaction };

export type InFlightTransfer =
  | (Signed & { readonly status: "signed" | "submitted" })
  | (Signed & { readonly status: "included"; readonly block: BlockRef });

export type KnownTransfer =
  | (TransferRequest & { readonly status: "requested" })
  | InFlightTransfer
  | (Signed & Settlement & { readonly status: "final" })
  | (TransferRequest & { readonly status: "failed" | "rejected"; readonly reason: string; readonly detail: string });

export type Transfer = { readonly status: "absent" } | KnownTransfer;

export type TransferEvent =
  | ({ readonly type: "TransferRequested" } & TransferRequest)
  | ({ readonly type: "TransferRefused"; readonly reason: string; readonly detail: string } & TransferRequest)
  | ({ readonly type: "TransferSigned" } & Transaction)
  | { readonly type: "TransferSubmitted"; readonly hash: string }
  | { readonly type: "TransferIncluded"; readonly hash: string; readonly block: BlockRef }
  | { readonly type: "TransferUnincluded"; readonly hash: string; readonly reason: string }
  | ({
      readonly type: "TransferSettled";
      readonly user: UserId;
      readonly wallet: string;
      readonly network: NetworkId;
      readonly hash: string;
      readonly hold: string;
      readonly purpose: Purpose;
    } & Settlement)
  | {
      readonly type: "TransferFailed";
      readonly user: UserId;
      readonly wallet: string;
      readonly purpose: Purpose;
      readonly reason: string;
      readonly detail: string;
    };

/** Binds it to one transaction for good: no other will ever be signed for it. */
export function signTransfer(
  transfer: Transfer,
  transaction: Transaction,
): Decision<TransferEvent, "transfer-not-requested"> {
  if (transfer.status !== "requested") return refuse("transfer-not-requested");
  return accept<TransferEvent>({ type: "TransferSigned", ...transaction });
}

/** A node has its bytes. */
export function submitTransfer(transfer: Transfer): Decision<TransferEvent, never> {
  if (transfer.status !== "signed") return accept();
  return accept<TransferEvent>({ type: "TransferSubmitted", hash: transfer.transaction.hash });
}

/** A block has it; after a reorg, another one. */
export function includeTransfer(transfer: Transfer, block: BlockRef): Decision<TransferEvent, never> {
  if (!isInFlight(transfer)) return accept();
  if (transfer.status === "included" && transfer.block.hash === block.hash) return accept();
  return accept<TransferEvent>({ type: "TransferIncluded", hash: transfer.transaction.hash, block });
}

/** No block has it any more. */
export function unincludeTransfer(transfer: Transfer, reason: string): Decision<TransferEvent, never> {
  if (transfer.status !== "included") return accept();
  return accept<TransferEvent>({ type: "TransferUnincluded", hash: transfer.transaction.hash, reason });
}

/** Its block is final: it is over, for better or worse. */
export function settleTransfer(transfer: Transfer, settlement: Settlement): Decision<TransferEvent, never> {
  if (!isInFlight(transfer)) return accept();
  const { user, wallet, network, transaction, hold, purpose } = transfer;
  return accept<TransferEvent>({
    ...{ type: "TransferSettled", user, wallet, network, hash: transaction.hash, hold, purpose },
    ...settlement,
  });
}

/** Nothing was signed, and nothing will be. */
export function failTransfer(
  transfer: Transfer,
  reason: string,
  detail: string,
): Decision<TransferEvent, "transfer-not-requested"> {
  if (transfer.status === "failed" || transfer.status === "rejected") return accept();
  if (transfer.status !== "requested") return refuse("transfer-not-requested");
  const { user, wallet, purpose } = transfer;
  return accept<TransferEvent>({ type: "TransferFailed", user, wallet, purpose, reason, detail });
}

/** Whether it is signed and not yet over. */
export function isInFlight(transfer: Transfer): transfer is InFlightTransfer {
  return transfer.status === "signed" || transfer.status === "submitted" || transfer.status === "included";
}

/** Replays a recorded fact. */
export function evolve(transfer: Transfer, event: TransferEvent): Transfer {
  if (event.type === "TransferRequested") {
    const { type: _, ...request } = event;
    return { status: "requested", ...request };
  }
  if (event.type === "TransferRefused") {
    const { type: _, ...refused } = event;
    return { status: "rejected", ...refused };
  }
  if (transfer.status === "absent") return transfer;
  switch (event.type) {
    case "TransferSigned": {
      const { type: _, ...transaction } = event;
      return { ...requestOf(transfer), status: "signed", transaction };
    }
    case "TransferSubmitted":
      return transfer.status === "signed" ? { ...transfer, status: "submitted" } : transfer;
    case "TransferIncluded":
      return isInFlight(transfer) ? { ...transfer, status: "included", block: event.block } : transfer;
    case "TransferUnincluded": {
      if (transfer.status !== "included") return transfer;
      const { block: _, ...signed } = transfer;
      return { ...signed, status: "submitted" };
    }
    case "TransferSettled": {
      const { account, block, outcome, effects, fee } = event;
      return isInFlight(transfer) ? { ...transfer, status: "final", account, block, outcome, effects, fee } : transfer;
    }
    case "TransferFailed":
      return { ...requestOf(transfer), status: "failed", reason: event.reason, detail: event.detail };
  }
}

function requestOf(transfer: KnownTransfer): TransferRequest {
  const { user, wallet, network, account, intent, purpose, hold, priority, note, scope, at, correlation } = transfer;
  const { quote, policy, reserved } = transfer;
  return {
    ...{ user, wallet, network, intent, purpose, hold, priority, at, correlation },
    ...(account && { account }),
    ...(note !== undefined && { note }),
    ...(scope && { scope }),
    ...(quote && { quote }),
    ...(policy && { policy }),
    ...(reserved && { reserved }),
  };
}

export const transferKind: AggregateKind<Transfer, TransferEvent> = {
  name: "transfer",
  initial: { status: "absent" },
  evolve,
  upcasters: [],
  indexes: [
    ["status"],
    ["status", "at"],
    ["transaction.hash"],
    ["hold", "status"],
    ["network", "status"],
    ["account", "status", "at"],
    ["user", "at"],
    ["user", "status", "at"],
    ["user", "wallet", "at"],
    ["user", "wallet", "status", "at"],
  ],
};
