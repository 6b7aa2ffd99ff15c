/**
 * What the portfolio does when other services speak. Each reaction declares just the fields that it reads.
 *
 * @module
 */
import type { Cause } from "../../ports/mod.ts";
import type { AccountId, Amount, AssetId, Delta, Instant, NetworkId, UserId } from "../shared/mod.ts";
import type { AssetAmount } from "./_by_asset.ts";
import type { AssetDetails } from "./asset_info.ts";
import type { Purpose } from "./entries.ts";
import type { Fill } from "./fill.ts";
import type { UndoneOrder } from "./position.ts";
import type { PortfolioService } from "./service.ts";
import type { PlayTerms } from "./valued_play.ts";
import type { WalletAddress } from "./valued_wallet.ts";

type OfPosition = { readonly position: string; readonly assets: readonly AssetAmount[] };
type FundsHeld = {
  user: UserId;
  hold: string;
  purpose: Purpose;
  assets: readonly AssetAmount[];
  fromPosition?: OfPosition;
};
type HoldReleased = {
  user: UserId;
  hold: string;
  purpose: Purpose;
  released: readonly AssetAmount[];
  toPosition?: OfPosition;
};
type DepositSeen = {
  user: UserId;
  wallet: string;
  account: AccountId;
  network: NetworkId;
  asset: AssetId;
  amount: Amount;
  hash: string;
};
type TransferSettled = {
  user: UserId;
  wallet: string;
  account: AccountId;
  network: NetworkId;
  hash: string;
  outcome: "success" | "reverted";
  effects: readonly { readonly asset: AssetId; readonly delta: Delta; readonly held: Delta }[];
  fee: AssetAmount;
  hold: string;
  purpose: Purpose;
};
type OrderFilled = Pick<Fill, "action" | "asset" | "effects" | "closed"> & {
  user: UserId;
  wallet: string;
  play: string;
  version: number;
  position: string;
  at: Instant;
};
type OrderUndone = Fill & { user: UserId; position?: string; at: Instant };
type VersionPublished = { play: string; version: number; definition: PlayTerms };

const done = { ok: true } as const;

/** By the kind that tells: hand each to `reactor` with its producer's kind. */
export function portfolioReactions(portfolio: PortfolioService) {
  /** One that came to nothing before it had a position is none of the portfolio's. */
  const undone = (how: UndoneOrder["how"]) => async (ended: OrderUndone, order: string, cause: Cause) => {
    const { user, position, action, asset, effects, closed, at } = ended;
    if (position === undefined) return done;
    return portfolio.undoOrder(position, user, { order, how, action, asset, effects, closed, at }, cause);
  };

  return {
    user: {
      UserRegistered: (_: object, user: string, cause: Cause) => portfolio.registerInvestor(user, cause),
      SettingsChanged: ({ settings }: { settings: { readonly currency?: string } }, user: string, cause: Cause) =>
        portfolio.chooseCurrency(user, settings.currency, cause),
    },

    wallet: {
      WalletCreated: ({ accounts }: { accounts: readonly WalletAddress[] }, wallet: string, cause: Cause) =>
        portfolio.learnAddresses(wallet, accounts, cause),
      FundsHeld({ user, hold, purpose, assets, fromPosition }: FundsHeld, wallet: string, cause: Cause) {
        const change = { wallet, hold, purpose, assets, ...(fromPosition && { position: fromPosition }) };
        return portfolio.postHold(user, change, cause);
      },
      HoldReleased({ user, hold, purpose, released, toPosition }: HoldReleased, wallet: string, cause: Cause) {
        const change = { wallet, hold, purpose, assets: released, ...(toPosition && { position: toPosition }) };
        return portfolio.postRelease(user, change, cause);
      },
    },

    deposit: {
      DepositFinal({ user, account, ...seen }: DepositSeen, deposit: string, cause: Cause) {
        const { wallet, network, asset, amount, hash } = seen;
        return portfolio.postDeposit({ deposit, wallet, network, asset, amount, hash }, { user, account }, cause);
      },
      DepositReverted({ user, account, hash }: DepositSeen, deposit: string, cause: Cause) {
        return portfolio.reverseDeposit(deposit, hash, { user, account }, cause);
      },
    },

    transfer: {
      TransferSettled({ user, account, ...settled }: TransferSettled, transfer: string, cause: Cause) {
        const { wallet, network, hash, outcome, effects, fee, hold, purpose } = settled;
        const settlement = { transfer, wallet, network, hash, outcome, effects, fee, hold, purpose };
        return portfolio.postSettlement(settlement, { user, account }, cause);
      },
    },

    asset: {
      AssetListed: (details: AssetDetails, asset: string, cause: Cause) => portfolio.learnAsset(asset, details, cause),
      AssetChanged: (details: AssetDetails, asset: string, cause: Cause) => portfolio.learnAsset(asset, details, cause),
    },

    play_version: {
      VersionPublished({ play, version, definition }: VersionPublished, _: string, cause: Cause) {
        const { title, network, asset, valuation, health } = definition;
        const terms = {
          title,
          network,
          asset,
          ...(valuation !== undefined && { valuation }),
          ...(health && { health }),
        };
        return portfolio.learnValuation(play, version, terms, cause);
      },
    },

    order: {
      OrderFilled({ position, ...filled }: OrderFilled, order: string, cause: Cause) {
        const { user, wallet, play, version, action, asset, effects, closed, at } = filled;
        const fill = { order, user, wallet, play, version, action, asset, effects, closed, at };
        return portfolio.fillOrder(position, fill, cause);
      },
      OrderCompensated: undone("undone"),
      OrderIncidentResolved: undone("resolved"),
    },
  };
}
