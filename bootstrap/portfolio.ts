import { portfolioRoutes, portfoliosRoutes, priceRoutes } from "../adapters/http/mod.ts";
import { playVersionKind } from "../domains/play/mod.ts";
import {
  assetInfoKind,
  createPortfolioService,
  investorKind,
  ledgerKind,
  performanceKind,
  portfolioReactions,
  positionKind,
  postedTransactionKind,
  valuedPlayKind,
  valuedWalletKind,
} from "../domains/portfolio/mod.ts";
import { orderKind } from "../domains/task/mod.ts";
import { userKind } from "../domains/user/mod.ts";
import { assetKind, depositKind, type Network, transferKind, walletKind } from "../domains/wallet/mod.ts";
import { type PriceOf, type ReadContract, reactor } from "../ports/mod.ts";
import { type Host, openService } from "./host.ts";
import type { Routes } from "./serve.ts";

type Options = {
  readonly networks: readonly Network[];
  readonly readContract: ReadContract;
  readonly priceOf: PriceOf;
};

/** Wires the portfolio service. */
export function startPortfolio(host: Host, { networks, readContract, priceOf }: Options) {
  const { clock, deriveId } = host;
  const footing = openService("portfolio", host);
  const { open, journal } = footing.stores;
  const kinds = {
    ...{ ledgers: open(ledgerKind), positions: open(positionKind), transactions: open(postedTransactionKind) },
    ...{ plays: open(valuedPlayKind), wallets: open(valuedWalletKind), assets: open(assetInfoKind) },
    ...{ investors: open(investorKind), performances: open(performanceKind) },
  };
  const natives = new Map(
    networks.map(({ nativeAsset, symbol, decimals }) => [nativeAsset as string, { symbol, decimals }]),
  );
  const service = createPortfolioService({ ...kinds, natives, journal, readContract, priceOf, clock, deriveId });
  const reactions = portfolioReactions(service);
  footing.react(
    reactor(userKind, reactions.user),
    reactor(walletKind, reactions.wallet),
    reactor(depositKind, reactions.deposit),
    reactor(transferKind, reactions.transfer),
    reactor(assetKind, reactions.asset),
    reactor(playVersionKind, reactions.play_version),
    reactor(orderKind, reactions.order),
  );
  const routes: Routes = (guards) => [
    portfolioRoutes(service, guards),
    portfoliosRoutes(service, guards),
    priceRoutes(service, guards),
  ];
  return { service, footing, kinds, stores: Object.values(kinds), routes };
}
