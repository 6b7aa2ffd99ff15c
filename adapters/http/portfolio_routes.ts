import { Elysia, t } from "elysia";
import type { PortfolioService } from "../../domains/portfolio/mod.ts";
import type { AssetId } from "../../domains/shared/mod.ts";
import {
  balancesView,
  entryView,
  noPosition,
  portfolioView,
  positionView,
  priceView,
  statusFilter,
} from "./_portfolio_schemas.ts";
import { assetSchema, oneOf, pageOf, pageQuery } from "./_schemas.ts";
import { docs } from "./docs.ts";
import type { Guards } from "./guards.ts";
import { acceptedOr } from "./problems.ts";

/** The caller's own portfolio. */
export function portfolioRoutes(portfolio: PortfolioService, guards: Guards) {
  return new Elysia({ prefix: "/v1/portfolio", tags: ["Portfolio"] })
    .use(guards)
    .get("", ({ viewer }) => portfolio.portfolio(viewer.user), {
      signedIn: true,
      response: { 200: portfolioView },
      detail: docs(
        "getPortfolio",
        "What the caller's portfolio is worth",
        {},
        "Exact until it is rounded, once. What is unknown is unavailable, never zero.",
      ),
    })
    .get("/balances", async ({ viewer }) => ({ items: await portfolio.balances(viewer.user) }), {
      signedIn: true,
      response: { 200: balancesView },
      detail: docs("listBalances", "Available, held and in positions, by asset, from the ledger"),
    })
    .get(
      "/positions",
      ({ viewer, query: { limit = 50, ...rest } }) => portfolio.positions(viewer.user, { limit, ...rest }),
      {
        signedIn: true,
        query: t.Composite([pageQuery, t.Object({ status: statusFilter })]),
        response: { 200: pageOf(positionView) },
        detail: docs("listPositions", "The caller's positions, newest first"),
      },
    )
    .get(
      "/positions/:id",
      async ({ viewer, params }) => acceptedOr(await portfolio.position(viewer.user, params.id), noPosition).position,
      {
        signedIn: true,
        params: oneOf,
        response: { 200: positionView },
        detail: docs("getPosition", "One of the caller's positions", noPosition),
      },
    )
    .get(
      "/entries",
      ({ viewer, query: { limit = 50, ...rest } }) => portfolio.entries(viewer.user, { limit, ...rest }),
      {
        signedIn: true,
        query: pageQuery,
        response: { 200: pageOf(entryView) },
        detail: docs("listEntries", "The caller's ledger, newest first"),
      },
    );
}

/** Prices, in the caller's currency. */
export function priceRoutes(portfolio: PortfolioService, guards: Guards) {
  return new Elysia({ prefix: "/v1/prices", tags: ["Portfolio"] }).use(guards).get(
    "",
    async ({ viewer, query }) => {
      const { price, ...asked } = await portfolio.price(viewer.user, query.asset as AssetId);
      return price ? { ...price } : { ...asked, unavailable: true as const };
    },
    {
      signedIn: true,
      query: t.Object({ asset: assetSchema }),
      response: { 200: priceView },
      detail: docs(
        "getPrice",
        "What one whole unit of an asset costs",
        {},
        "In the currency of the caller's settings. `unavailable` where nobody quotes one.",
      ),
    },
  );
}
