import { expect, test } from "bun:test";
import * as portfolio from "./mod.ts";

test("the face of the portfolio domain", () => {
  expect(Object.keys(portfolio).sort()).toEqual([
    "assetInfoKind",
    "createPortfolioService",
    "investorKind",
    "ledgerKind",
    "performanceKind",
    "portfolioReactions",
    "positionKind",
    "postedTransactionKind",
    "valuedPlayKind",
    "valuedWalletKind",
  ]);
});
