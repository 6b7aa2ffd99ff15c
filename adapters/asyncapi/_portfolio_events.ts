import { t } from "elysia";
import {
  assetInfoKind,
  investorKind,
  type Leg,
  ledgerKind,
  performanceKind,
  positionKind,
  postedTransactionKind,
  valuedPlayKind,
  valuedWalletKind,
} from "../../domains/portfolio/mod.ts";
import {
  action,
  address,
  amount,
  asset,
  assetAmount,
  assetDelta,
  choice,
  closed,
  delta,
  hash,
  id,
  instant,
  network,
  text,
  userId,
  value,
  whole,
} from "./_parts.ts";
import { health } from "./_plays.ts";
import { eventsOf } from "./_table.ts";

const assets = t.Array(assetAmount);
const ledgerAccount = t.Unsafe<Leg["account"]>({
  ...{ title: "LedgerAccount", type: "string", pattern: "^(fees:network|external|(wallet|held|position):.+)$" },
  examples: ["external"],
});
const entryReason = t.Union(
  [
    closed({ type: choice("deposit", "deposit-reverted"), deposit: id, network, hash }),
    closed({
      ...{ type: t.Literal("transfer"), transfer: id, network, hash },
      ...{ outcome: choice("success", "reverted"), order: t.Optional(id) },
    }),
    closed({ type: choice("hold", "release"), hold: id, order: t.Optional(id) }),
  ],
  { title: "EntryReason" },
);
const change = {
  ...{ user: userId, play: id, order: id, outcome: choice("filled", "undone", "resolved"), asset },
  ...{ invested: assets, proceeds: t.Array(assetDelta), profit: delta, at: instant },
};

export const portfolioEvents = [
  eventsOf(ledgerKind, "A user's ledger, double entry: the legs of each entry sum to zero by asset", {
    EntryPosted: {
      ...{ entry: text("019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c58"), at: instant, reason: entryReason },
      legs: t.Array(closed({ account: ledgerAccount, asset, delta })),
    },
  }),
  eventsOf(positionKind, "A position: what a user has in a play, what it cost and what it brought", {
    PositionOpened: {
      ...{ user: userId, wallet: id, play: id, version: whole(1), asset },
      ...{ holdings: assets, cost: assets, at: instant },
    },
    PositionChanged: { ...change, action, holdings: assets, cost: assets },
    PositionClosed: change,
    PositionKept: { user: userId, order: id, at: instant },
  }),
  eventsOf(postedTransactionKind, "What the ledger has posted of one on-chain transaction for one account", {
    TransferPosted: { transfer: id },
    DepositPosted: { deposit: closed({ deposit: id, wallet: id, network, asset, amount, hash }) },
    DepositReversed: { deposit: id },
    NothingPosted: { source: id, reason: choice("already-posted", "part-of-transfer", "never-posted") },
  }),
  eventsOf(valuedPlayKind, "How a position in a version of a play is valued, as the portfolio service knows it", {
    ValuationLearned: {
      ...{ title: text("Steady vault"), network, asset },
      ...{ valuation: t.Optional(value), health: t.Optional(health) },
    },
  }),
  eventsOf(valuedWalletKind, "A wallet's addresses, as the portfolio service knows them", {
    AddressesLearned: { addresses: t.Array(closed({ network, address })) },
  }),
  eventsOf(assetInfoKind, "How a listed asset is shown, as the portfolio service knows it", {
    AssetLearned: { symbol: text("USDC"), decimals: whole(6) },
  }),
  eventsOf(investorKind, "A user and their currency, as the portfolio service knows them", {
    InvestorRegistered: {},
    CurrencyChosen: { currency: text("USD", "ISO 4217") },
  }),
  eventsOf(performanceKind, "What a user's positions have brought so far", {
    ProfitRealised: { position: id, order: id, changes: t.Array(assetDelta) },
  }),
];
