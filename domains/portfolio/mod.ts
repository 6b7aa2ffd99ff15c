/**
 * Portfolios: a user's double-entry ledger, positions, and what they are worth.
 *
 * @module
 */
export type { BalanceView } from "./_reports.ts";
export { assetInfoKind } from "./asset_info.ts";
export { investorKind } from "./investor.ts";
export { type EntryReason, type Ledger, type LedgerEvent, type Leg, ledgerKind } from "./ledger.ts";
export { performanceKind } from "./performance.ts";
export { type Position, type PositionEvent, positionKind } from "./position.ts";
export { postedTransactionKind } from "./posted_transaction.ts";
export { portfolioReactions } from "./reactions.ts";
export { createPortfolioService, type PortfolioDependencies, type PortfolioService } from "./service.ts";
export type { PortfolioView } from "./summary.ts";
export { valuedPlayKind } from "./valued_play.ts";
export { valuedWalletKind } from "./valued_wallet.ts";
export type { EntryView, PositionView } from "./views.ts";
