import { type Cause, keyed } from "../../ports/mod.ts";
import type { Amount, AssetId, Delta, Instant, UserId } from "../shared/mod.ts";
import type { NetEffect } from "./effects.ts";
import type { AllowancesLeft } from "./incident_service.ts";
import type { Terms } from "./offer.ts";
import type { Stuck } from "./order.ts";
import type { OrderService } from "./order_service.ts";
import type { TaskCommands } from "./service.ts";

type Purpose = { readonly type: string; readonly order?: string; readonly task?: string };
type Settled = {
  readonly outcome: "success" | "reverted";
  readonly effects: readonly { readonly asset: AssetId; readonly delta: Delta }[];
  readonly fee: { readonly asset: AssetId; readonly amount: Amount };
  readonly purpose: Purpose;
};
type Shortfall = { readonly asset: string; readonly needed: string; readonly available: string };
type OfOrder = { readonly order?: string };

const done = { ok: true } as const;

/** What the task domain does when users, plays, wallets, transfers, and its own tasks and incidents speak. */
export function taskReactions(orders: OrderService, tasks: TaskCommands) {
  return {
    user: {
      UserSuspended: ({ at }: { at: Instant }, user: string, cause: Cause) =>
        orders.suspendUser(user as UserId, at, cause),
      UserReactivated: (_: object, user: string, cause: Cause) => orders.liftSuspension(user as UserId, cause),
    },

    play: {
      PlayPublished: ({ version }: { version: number }, play: string, cause: Cause) =>
        orders.openOffer(play, version, cause),
      PlayPaused: ({ reason }: { reason: string }, play: string, cause: Cause) =>
        orders.closeOffer(play, reason, cause),
      PlayResumed: ({ reason }: { reason: string }, play: string, cause: Cause) =>
        orders.reopenOffer(play, reason, cause),
      PlayRetired: ({ reason }: { reason: string }, play: string, cause: Cause) =>
        orders.closeOffer(play, reason, cause),
    },

    play_version: {
      VersionPublished(
        { play, version, digest, definition }: { play: string; version: number; digest: string; definition: Terms },
        _: string,
        cause: Cause,
      ) {
        const { title, network, asset, minimum, maximum, parameters, enter, adjust, exit } = definition;
        const terms = { title, network, asset, minimum, maximum, parameters, enter, ...(adjust && { adjust }), exit };
        return orders.noteTerms(play, version, digest, terms, cause);
      },
    },

    claim: {
      CapacityRefused: ({ reason }: { reason: string }, order: string, cause: Cause) =>
        orders.refuse(order, reason, undefined, cause),
    },

    wallet: {
      WalletCreated: ({ user }: { user: UserId }, wallet: string, cause: Cause) =>
        orders.noteWallet(wallet, user, cause),
      FundsHeld: async ({ purpose }: { purpose: Purpose }, _: string, cause: Cause) =>
        purpose.type === "order" && purpose.order !== undefined ? orders.hold(purpose.order, cause) : done,
      FundsRefused(
        { order, reason, shortfalls }: { order: string; reason: string; shortfalls: readonly Shortfall[] },
        _: string,
        cause: Cause,
      ) {
        const short = shortfalls.map(
          ({ asset, needed, available }) => `${asset}: ${needed} needed, ${available} available`,
        );
        return orders.refuse(order, reason, short.join("; ") || undefined, cause);
      },
      AllowancesLeft: (left: AllowancesLeft, _: string, cause: Cause) => tasks.openAllowancesLeft(left, cause),
    },

    transfer: {
      TransferSettled: async ({ outcome, effects, fee, purpose }: Settled, transfer: string, cause: Cause) => {
        if (purpose.type !== "order" || purpose.task === undefined) return done;
        return await tasks.settleTransfer(purpose.task, { transfer, outcome, effects, fee }, cause);
      },
      TransferFailed: async (
        { reason, purpose }: { reason: string; purpose: Purpose },
        transfer: string,
        cause: Cause,
      ) => {
        if (purpose.type !== "order" || purpose.task === undefined) return done;
        return await tasks.failTransfer(purpose.task, { transfer, reason }, cause);
      },
    },

    task: {
      TaskClaimed: async ({ order }: OfOrder, _: string, cause: Cause) =>
        order === undefined ? done : orders.start(order, keyed(cause, "start")),
      TaskCompleted: async (
        { order, effects }: OfOrder & { effects: readonly NetEffect[] },
        _: string,
        cause: Cause,
      ) => (order === undefined ? done : orders.fill(order, effects, cause)),
      TaskCompensating: async ({ order, reason }: OfOrder & { reason: string }, _: string, cause: Cause) =>
        order === undefined ? done : orders.compensate(order, reason, cause),
      TaskCompensated: async (
        { order, reason, effects }: OfOrder & { reason: string; effects: readonly NetEffect[] },
        _: string,
        cause: Cause,
      ) => (order === undefined ? done : orders.endCompensation(order, reason, effects, cause)),
      TaskStuck: async ({ order, incident, reason, effects }: OfOrder & Stuck, _: string, cause: Cause) =>
        order === undefined ? done : orders.stick(order, { incident, reason, effects }, cause),
    },

    incident: {
      IncidentResolved: async (
        { order, resolution }: OfOrder & { resolution: string },
        incident: string,
        cause: Cause,
      ) => (order === undefined ? done : orders.resolve(order, incident, resolution, cause)),
    },
  };
}
