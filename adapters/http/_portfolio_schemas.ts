import { t } from "elysia";
import {
  amountSchema,
  assetSchema,
  choice,
  deltaSchema,
  idSchema,
  instantSchema,
  listOf,
  networkSchema,
  whole,
} from "./_schemas.ts";
import type { Problem } from "./problems.ts";

export const noPosition = {
  "position-not-found": { status: 404, title: "No such position" },
} as const satisfies Record<string, Problem>;

export const noPortfolio = {
  "portfolio-not-found": { status: 404, title: "No such user" },
} as const satisfies Record<string, Problem>;

const healthStatus = choice("good", "warning", "critical", "unavailable");

const currency = t.String({ pattern: "^[A-Z]{3}$", examples: ["USD"], description: "ISO 4217" });

const money = (description: string) =>
  t.Nullable(t.String({ examples: ["-12.05"], description: `${description}; null where a figure is unavailable` }));

export const portfolioView = t.Object({
  value: t.Nullable(
    t.String({
      examples: ["1204.50"],
      description: "Wallets and positions, in the currency; null where `unpriced` or `unvalued` name what is missing",
    }),
  ),
  currency,
  unpriced: listOf(assetSchema, { description: "Assets that nobody quotes a price of" }),
  unvalued: listOf(idSchema, { description: "Positions whose value is unavailable now" }),
  allocation: t.Nullable(
    listOf(
      t.Object({
        play: idSchema,
        share: t.String({ examples: ["62.50"], description: "Percent of what is in positions; all sum to 100.00" }),
      }),
      { description: "null where values are unavailable, or in different assets without prices" },
    ),
  ),
  performance: t.Object(
    { realised: money("What came out, less what it had cost"), unrealised: money("What is in, less what it cost") },
    { description: "Of positions, without network fees, in the currency, at the prices of now" },
  ),
  health: healthStatus,
  asOf: instantSchema,
});

export const balancesView = t.Object({
  items: listOf(
    t.Object({
      asset: assetSchema,
      symbol: t.Optional(t.String({ examples: ["ETH"] })),
      decimals: t.Optional(whole({ minimum: 0, examples: [18] })),
      available: deltaSchema,
      held: deltaSchema,
      inPositions: deltaSchema,
    }),
  ),
});

const amounts = listOf(t.Object({ asset: assetSchema, amount: amountSchema }));
const deltas = listOf(t.Object({ asset: assetSchema, delta: deltaSchema }));

export const positionView = t.Object({
  id: idSchema,
  status: choice("open", "closed"),
  wallet: idSchema,
  play: idSchema,
  version: whole({ minimum: 1 }),
  title: t.Optional(t.String({ examples: ["USD vault"], description: "The play's, of that version" })),
  asset: assetSchema,
  holdings: amounts,
  cost: amounts,
  invested: amounts,
  proceeds: deltas,
  value: t.Nullable(amountSchema),
  unavailable: t.Optional(t.String({ examples: ["chain-unreachable"], description: "Why there is no value now" })),
  profit: t.Object(
    { realised: deltaSchema, unrealised: t.Nullable(deltaSchema) },
    { description: "In the play's asset" },
  ),
  health: t.Optional(
    t.Object({
      status: healthStatus,
      value: t.Nullable(t.String({ examples: ["1.85"] })),
      reason: t.Optional(t.String({ examples: ["chain-unreachable"] })),
    }),
  ),
  openedAt: instantSchema,
  closedAt: t.Optional(instantSchema),
});

export const statusFilter = t.Optional(choice("open", "closed"));

export const entryView = t.Object({
  id: idSchema,
  at: instantSchema,
  reason: t.Object({
    type: choice("deposit", "deposit-reverted", "transfer", "hold", "release"),
    deposit: t.Optional(idSchema),
    transfer: t.Optional(idSchema),
    network: t.Optional(networkSchema),
    hash: t.Optional(t.String({ examples: ["0x5d3e…"], description: "The transaction's" })),
    outcome: t.Optional(choice("success", "reverted")),
    hold: t.Optional(idSchema),
    order: t.Optional(idSchema),
  }),
  legs: listOf(
    t.Object({
      account: t.String({
        examples: ["wallet:019aaf3e-8a52-7cc2-9d14-0f6f8e2b1c55"],
        description: "`wallet:<id>`, `held:<hold>`, `position:<id>`, `fees:network` or `external`",
      }),
      asset: assetSchema,
      delta: deltaSchema,
    }),
    { description: "They sum to zero in each asset" },
  ),
});

/** A price, or that there is none: never zero. */
export const priceView = t.Union([
  t.Object({
    asset: assetSchema,
    currency,
    value: t.String({ examples: ["2411.07"], description: "Of one whole unit" }),
    source: t.String({ examples: ["configured"] }),
    at: instantSchema,
    confidence: t.Number({ minimum: 0, maximum: 1 }),
  }),
  t.Object({ asset: assetSchema, currency, unavailable: t.Literal(true) }),
]);
