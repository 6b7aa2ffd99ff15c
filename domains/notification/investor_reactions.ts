import { type Cause, NotYetKnown } from "../../ports/mod.ts";
import type { UserId } from "../shared/mod.ts";
import { type Notify, toUser } from "./_telling.ts";

type Telling = {
  readonly notify: Notify;
  readonly own: (transfer: string, user: UserId) => Promise<{ readonly ok: true }>;
  readonly ownerOf: (transfer: string) => Promise<UserId | undefined>;
};

type Theirs = { user: UserId };
type Because = Theirs & { reason: string };
type Deposited = Theirs & { wallet: string; asset: string; amount: string; hash: string };
type Placed = Theirs & {
  play: string;
  version: number;
  wallet: string;
  action: string;
  amount: string;
  asset: string;
  by: string;
};
type Filled = Theirs & {
  play: string;
  wallet: string;
  action: string;
  position: string;
  closed: boolean;
  effects: unknown;
};
type Settled = Theirs & {
  wallet: string;
  hash: string;
  outcome: string;
  effects: unknown;
  fee: unknown;
  purpose: unknown;
};

/** What users are told of their money: wallets, deposits, transfers, orders. */
export function investorReactions({ notify, own, ownerOf }: Telling) {
  const wallet = toUser(notify, "wallet");
  const deposit = toUser(notify, "deposit");
  const transfer = toUser(notify, "transfer");
  const order = toUser(notify, "order");
  const deposited = ({ wallet, asset, amount, hash }: Deposited) => ({ wallet, asset, amount, hash });
  const because = ({ reason }: Because) => ({ reason });

  /** The transfer's owner was named by its first event: of one aggregate events come in order. */
  const ofOwner =
    <Event>(type: string, title: string, pick: (event: Event) => Readonly<Record<string, unknown>>) =>
    async (event: Event, id: string, cause: Cause) => {
      const user = await ownerOf(id);
      if (user === undefined) throw new NotYetKnown(`Cannot tell of transfer "${id}": its owner is unknown`);
      return await notify({ audience: user, type, title, data: { transfer: id, ...pick(event) } }, cause);
    };

  return {
    wallet: {
      WalletCreated: wallet("wallet.created", "Wallet created", ({ label }: Theirs & { label: string }) => ({ label })),
      WalletFrozen: wallet("wallet.frozen", "Wallet frozen", because),
      WalletUnfrozen: wallet("wallet.unfrozen", "Wallet no longer frozen", because),
    },

    deposit: {
      DepositDetected: deposit("deposit.detected", "Deposit seen on chain", deposited),
      DepositConfirmed: deposit("deposit.confirmed", "Deposit confirmed", deposited),
      DepositFinal: deposit("deposit.final", "Deposit final", deposited),
      DepositReverted: deposit("deposit.reverted", "Deposit reverted by the chain", deposited),
    },

    transfer: {
      TransferRequested: ({ user }: Theirs, id: string) => own(id, user),
      TransferSubmitted: ofOwner("transfer.submitted", "Transfer submitted", ({ hash }: { hash: string }) => ({
        hash,
      })),
      TransferIncluded: ofOwner("transfer.included", "Transfer in a block", ({ hash }: { hash: string }) => ({ hash })),
      TransferUnincluded: ofOwner(
        "transfer.unincluded",
        "Transfer dropped from the chain, and waiting again",
        ({ hash }: { hash: string }) => ({ hash }),
      ),
      TransferSettled: transfer(
        "transfer.settled",
        "Transfer final",
        ({ wallet, hash, outcome, effects, fee, purpose }: Settled) => ({
          wallet,
          hash,
          outcome,
          effects,
          fee,
          purpose,
        }),
      ),
      TransferFailed: transfer(
        "transfer.failed",
        "Transfer failed",
        ({ wallet, reason, purpose }: Because & { wallet: string; purpose: unknown }) => ({ wallet, reason, purpose }),
      ),
    },

    order: {
      OrderPlaced: order(
        "order.placed",
        "Order placed",
        ({ play, version, wallet, action, amount, asset, by }: Placed) => ({
          ...{ play, version, wallet, action, amount, asset, by },
        }),
      ),
      OrderRefused: order("order.refused", "Order refused", because),
      OrderHeld: order<Theirs>("order.held", "Funds set aside for the order"),
      OrderStarted: order<Theirs>("order.in-progress", "Order under way"),
      OrderCancelled: order("order.cancelled", "Order cancelled", because),
      OrderFilled: order(
        "order.filled",
        "Order filled",
        ({ play, wallet, action, position, closed, effects }: Filled) => ({
          ...{ play, wallet, action, position, closed, effects },
        }),
      ),
      OrderCompensating: order("order.compensating", "Order being undone", because),
      OrderCompensated: order("order.compensated", "Order undone", because),
      OrderIncident: order("order.incident", "Order needs a person's attention", because),
      OrderIncidentResolved: order(
        "order.incident-resolved",
        "The order's incident was resolved",
        ({ resolution }: Theirs & { resolution: string }) => ({ resolution }),
      ),
    },
  };
}
