import { Elysia, t } from "elysia";
import type { PortfolioService } from "../../domains/portfolio/mod.ts";
import type { UserId } from "../../domains/shared/mod.ts";
import {
  balancesView,
  entryView,
  noPortfolio,
  noPosition,
  portfolioView,
  positionView,
  statusFilter,
} from "./_portfolio_schemas.ts";
import { idSchema, pageOf, pageQuery } from "./_schemas.ts";
import { docs } from "./docs.ts";
import type { Guards } from "./guards.ts";
import { acceptedOr, ProblemError } from "./problems.ts";

const ofUser = t.Object({ user: idSchema });

/** Anyone's portfolio, for those who may. */
export function portfoliosRoutes(portfolio: PortfolioService, guards: Guards) {
  async function known(user: string): Promise<UserId> {
    if (await portfolio.hasUser(user as UserId)) return user as UserId;
    throw new ProblemError("portfolio-not-found", noPortfolio["portfolio-not-found"]);
  }

  return new Elysia({ prefix: "/v1/portfolios/:user", tags: ["Portfolio"] })
    .use(guards)
    .get("", async ({ params }) => portfolio.portfolio(await known(params.user)), {
      permission: "portfolio:read",
      params: ofUser,
      response: { 200: portfolioView },
      detail: docs("getUserPortfolio", "What a user's portfolio is worth", noPortfolio),
    })
    .get("/balances", async ({ params }) => ({ items: await portfolio.balances(await known(params.user)) }), {
      permission: "portfolio:read",
      params: ofUser,
      response: { 200: balancesView },
      detail: docs("listUserBalances", "A user's balances: available, held and in positions, by asset", noPortfolio),
    })
    .get(
      "/positions",
      async ({ params, query: { limit = 50, ...rest } }) =>
        portfolio.positions(await known(params.user), { limit, ...rest }),
      {
        permission: "portfolio:read",
        params: ofUser,
        query: t.Composite([pageQuery, t.Object({ status: statusFilter })]),
        response: { 200: pageOf(positionView) },
        detail: docs("listUserPositions", "A user's positions, newest first", noPortfolio),
      },
    )
    .get(
      "/positions/:id",
      async ({ params }) =>
        acceptedOr(await portfolio.position(await known(params.user), params.id), noPosition).position,
      {
        permission: "portfolio:read",
        params: t.Object({ user: idSchema, id: idSchema }),
        response: { 200: positionView },
        detail: docs("getUserPosition", "One of a user's positions", { ...noPortfolio, ...noPosition }),
      },
    )
    .get(
      "/entries",
      async ({ params, query: { limit = 50, ...rest } }) =>
        portfolio.entries(await known(params.user), { limit, ...rest }),
      {
        permission: "portfolio:read",
        params: ofUser,
        query: pageQuery,
        response: { 200: pageOf(entryView) },
        detail: docs("listUserEntries", "A user's ledger, newest first", noPortfolio),
      },
    );
}
