import { expect, test } from "bun:test";
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
} from "../../domains/portfolio/mod.ts";
import type { AccountId, Amount, AssetId, Delta, Instant, NetworkId, UserId } from "../../domains/shared/mod.ts";
import type { Permission } from "../../domains/user/mod.ts";
import { createConfiguredPrices } from "../prices/mod.ts";
import { createStores, openDatabase } from "../sqlite/mod.ts";
import { createIdempotency, idempotentRequestKind } from "./idempotency.ts";
import { createGuards, createServer, portfolioRoutes, portfoliosRoutes, priceRoutes } from "./mod.ts";

const at = "2026-11-23T00:00:00.000Z" as Instant;
const network = "eip155:31337" as NetworkId;
const eth = "eip155:31337/slip44:60" as AssetId;
const unknown = "eip155:31337/erc20:0x5FbDB2315678afecb367f032d93F642f64180aa3" as AssetId;
const account = `${network}:0x70997970C51812dc3A010C7d01b50e0d17dc79C8` as AccountId;
const [user, other, wallet, play, order, deposit] = Array.from({ length: 6 }, () => Bun.randomUUIDv7()) as [
  UserId,
  UserId,
  string,
  string,
  string,
  string,
];

/** Two users: `user` has a deposit and a position, `other` nothing. The token is the user's id; `auditor` reads anyone's. */
async function serve({ closed = false } = {}) {
  const stores = createStores(openDatabase(":memory:"), () => at);
  const portfolio = createPortfolioService({
    natives: new Map(),
    ledgers: stores.open(ledgerKind),
    positions: stores.open(positionKind),
    performances: stores.open(performanceKind),
    transactions: stores.open(postedTransactionKind),
    plays: stores.open(valuedPlayKind),
    wallets: stores.open(valuedWalletKind),
    assets: stores.open(assetInfoKind),
    investors: stores.open(investorKind),
    journal: stores.journal,
    priceOf: createConfiguredPrices([{ asset: eth, value: "2000.50", currency: "USD" }], at),
    readContract: async () => "1",
    clock: () => at,
    deriveId: () => Bun.randomUUIDv7(),
  });
  const reactions = portfolioReactions(portfolio);
  const cause = (key: string) => ({ actor: user, correlation: "c1", key });
  await reactions.user.UserRegistered({}, user, cause("u/1"));
  await reactions.asset.AssetListed({ symbol: "ETH", decimals: 18 }, eth, cause("a/1"));
  const definition = { title: "Hold", network, asset: eth };
  await reactions.play_version.VersionPublished({ play, version: 1, definition }, `${play}-1`, cause("v/1"));
  const size = "1500000000000000000" as Amount;
  const seen = { user, wallet, account, network, asset: eth, amount: size, hash: "0x01" };
  await reactions.deposit.DepositFinal(seen, deposit, cause("d/1"));
  const filled = {
    user,
    wallet,
    play,
    version: 1,
    action: "enter",
    position: order,
    asset: eth,
    closed: false,
    at,
  } as const;
  const effects = [{ asset: eth, delta: "500000000000000000" as Delta }];
  await reactions.order.OrderFilled({ ...filled, effects }, order, cause("o/1"));
  const exit = { ...filled, action: "exit", effects: [], closed: true } as const;
  if (closed) await reactions.order.OrderFilled(exit, Bun.randomUUIDv7(), cause("o/2"));
  const guards = createGuards({
    idempotency: createIdempotency({
      requests: stores.records(idempotentRequestKind),
      clock: () => at,
      newId: () => Bun.randomUUIDv7(),
      deriveId: (...parts) => parts.join("|"),
    }),
    digest: () => "",
    useStepUp: async () => undefined,
    async accessOf(token) {
      const permissions = new Set<Permission>(token === "auditor" ? ["portfolio:read"] : []);
      return token === "forged" ? undefined : { user: token as UserId, session: "s1", permissions };
    },
  });
  const server = createServer({ log: () => {}, origins: [], answered: () => {} })
    .use(portfolioRoutes(portfolio, guards))
    .use(portfoliosRoutes(portfolio, guards))
    .use(priceRoutes(portfolio, guards));
  return async (path: string, token: string = user) => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await server.handle(new Request(`http://localhost/v1${path}`, { headers }));
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
}

const paths = ["", "/balances", "/positions", `/positions/${order}`, "/entries"];

test("everyone sees what is theirs", async () => {
  const ask = await serve();
  expect((await ask("/portfolio")).body).toEqual({
    ...{ value: "4001.00", currency: "USD", unpriced: [], unvalued: [], asOf: at },
    ...{ allocation: [{ play, share: "100.00" }], health: "good" },
    performance: { realised: "0.00", unrealised: "1000.25" },
  });
  const available = "1500000000000000000";
  expect((await ask("/portfolio/balances")).body).toEqual({
    items: [{ asset: eth, symbol: "ETH", decimals: 18, available, held: "0", inPositions: "0" }],
  });
  const { items } = (await ask("/portfolio/positions?status=open&limit=1")).body as { items: object[] };
  expect(items).toMatchObject([{ id: order, title: "Hold", value: "500000000000000000" }]);
  expect((await ask(`/portfolio/positions/${order}`)).body).toEqual({ ...items[0] });
  expect((await ask("/portfolio/entries")).body).toMatchObject({
    items: [
      {
        reason: { type: "deposit", deposit, hash: "0x01" },
        legs: [{ account: "external" }, { account: `wallet:${wallet}` }],
      },
    ],
  });
});

test("positions are listed whether open or closed, unless one asks for either", async () => {
  const ask = await serve({ closed: true });
  const listed = async (query: string) =>
    ((await ask(`/portfolio/positions${query}`)).body as { items: object[] }).items;
  expect(await listed("")).toMatchObject([{ status: "closed", value: "0", closedAt: at }]);
  expect(await listed("?status=closed")).toHaveLength(1);
  expect(await listed("?status=open")).toEqual([]);
});

test("a portfolio of nothing is empty, and worth nothing", async () => {
  const ask = await serve();
  expect((await ask("/portfolio", other)).body).toMatchObject({ value: "0.00", allocation: [] });
  for (const path of ["/balances", "/positions", "/entries"]) {
    expect((await ask(`/portfolio${path}`, other)).body).toEqual({ items: [] });
  }
});

test("somebody else's position is not found, nor is one that never was", async () => {
  const ask = await serve();
  expect(await ask(`/portfolio/positions/${order}`, other)).toMatchObject({
    status: 404,
    body: { type: "urn:lucent:problem:position-not-found" },
  });
  expect((await ask(`/portfolio/positions/${deposit}`)).status).toBe(404);
});

test("anyone's is for those who may read it, and answers as their own does", async () => {
  const ask = await serve();
  for (const path of paths) {
    expect((await ask(`/portfolios/${user}${path}`)).status).toBe(403);
    expect(await ask(`/portfolios/${user}${path}`, "auditor")).toEqual(await ask(`/portfolio${path}`));
    expect(await ask(`/portfolios/${other}${path}`, "auditor")).toMatchObject({
      status: 404,
      body: { type: "urn:lucent:problem:portfolio-not-found" },
    });
  }
});

test("nobody sees anything without a token", async () => {
  const ask = await serve();
  for (const path of [...paths.map((each) => `/portfolio${each}`), `/portfolios/${user}`, `/prices?asset=${eth}`]) {
    expect((await ask(path, "forged")).status).toBe(401);
  }
});

test("a price says where it is from; an unknown one is unavailable, not zero", async () => {
  const ask = await serve();
  expect(await ask(`/prices?asset=${eth}`)).toEqual({
    status: 200,
    body: { asset: eth, currency: "USD", value: "2000.50", source: "configured", at, confidence: 1 },
  });
  expect((await ask(`/prices?asset=${unknown}`)).body).toEqual({ asset: unknown, currency: "USD", unavailable: true });
  expect((await ask("/prices?asset=ETH")).status).toBe(422);
});

test("what no page gave out is refused", async () => {
  const ask = await serve();
  expect((await ask("/portfolio/entries?after=nonsense")).status).toBe(400);
  expect((await ask("/portfolio/positions?after=nonsense")).status).toBe(400);
  expect((await ask("/portfolio/positions?limit=0")).status).toBe(422);
  expect((await ask("/portfolio/positions?status=lost")).status).toBe(422);
});
