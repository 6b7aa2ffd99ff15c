import { type Static, t } from "elysia";
import { accruals, type CataloguePlay, type PlayDefinition, risks, strategies } from "../../domains/play/mod.ts";
import {
  amountSchema,
  assetSchema,
  choice,
  exactly,
  idSchema,
  instantSchema,
  listOf,
  networkSchema,
  whole,
} from "./_schemas.ts";

const text = (maxLength: number, example: string) => t.String({ minLength: 1, maxLength, examples: [example] });
const bps = whole({ minimum: 0, maximum: 10_000, examples: [0], description: "Basis points" });
const address = t.String({
  pattern: "^0x[0-9a-fA-F]{40}$",
  maxLength: 42,
  examples: ["0x5FbDB2315678afecb367f032d93F642f64180aa3"],
});
const fragment = text(1000, "function approve(address spender, uint256 amount) returns (bool)");
export const stepId = t.String({ pattern: "^[a-z][a-z0-9-]{0,39}$", maxLength: 40, examples: ["deposit"] });

/** A literal or an operation; checked by the domain, which knows what may be named where. */
const value = t.Any({
  description: "A literal, a list, or one of from, now, read, sum, difference, product, quotient, least, greatest",
  examples: [{ from: "order.amount" }],
});

const jsonSchema = t.Record(t.String({ maxLength: 100 }), t.Any(), {
  description: "JSON Schema 2020-12, without references",
  examples: [{ type: "object", properties: {}, additionalProperties: false }],
});

const intent = t.Union([
  t.Object(
    {
      type: t.Literal("call"),
      to: value,
      function: fragment,
      arguments: t.Array(value, { maxItems: 50 }),
      value: t.Optional(value),
    },
    exactly,
  ),
  t.Object({ type: t.Literal("send"), asset: assetSchema, to: value, amount: value }, exactly),
]);

const titled = { id: stepId, title: text(120, "Deposit the amount") };

const manual = { type: t.Literal("manual"), instructions: text(5000, "Check the vault"), evidence: jsonSchema };
const approval = {
  type: t.Literal("approval"),
  approvals: whole({ minimum: 1, maximum: 10 }),
  permission: text(60, "task:approve"),
};
const wait = t.Literal("wait");

/** The steps that move no money. */
export const plainSteps = [
  t.Object({ ...titled, ...manual }, exactly),
  t.Object({ ...titled, ...approval }, exactly),
  t.Object({ ...titled, type: wait, duration: text(40, "PT1H") }, exactly),
  t.Object({ ...titled, type: wait, until: t.Literal("final") }, exactly),
] as const;

const transaction = { type: t.Literal("transaction"), intent, compensation: t.Optional(intent) };
const steps = t.Array(t.Union([...plainSteps, t.Object({ ...titled, ...transaction }, exactly)]), { maxItems: 30 });

const terms = {
  title: text(120, "Steady vault"),
  summary: text(300, "Lends dollars through a vault"),
  description: text(10_000, "Deposits the amount into a vault."),
  strategy: choice(...strategies),
  network: networkSchema,
  asset: assetSchema,
  minimum: amountSchema,
  maximum: amountSchema,
  capacity: t.Optional(amountSchema),
  slippageBps: bps,
  risk: choice(...risks),
  fees: t.Object(
    { entryBps: bps, exitBps: bps, performanceBps: bps },
    { description: "All zero, until fees are built" },
  ),
  parameters: jsonSchema,
  display: t.Object({
    icon: text(60, "vault"),
    colour: t.String({ pattern: "^#[0-9a-fA-F]{6}$", maxLength: 7, examples: ["#2f6f4f"] }),
    tags: t.Array(text(40, "stable"), { maxItems: 20 }),
  }),
  availability: t.Optional(t.Object({ from: t.Optional(instantSchema), until: t.Optional(instantSchema) })),
  assets: t.Array(t.Object({ asset: assetSchema, accrual: choice(...accruals) }), { maxItems: 50 }),
};

export const definitionSchema = t.Object({
  ...terms,
  contracts: t.Array(t.Object({ address, functions: t.Array(fragment, { maxItems: 50 }) }), { maxItems: 50 }),
  spenders: t.Array(address, { maxItems: 50 }),
  enter: steps,
  adjust: t.Optional(steps),
  exit: steps,
  valuation: t.Optional(value),
  health: t.Optional(
    t.Object({
      value,
      decimals: whole({ minimum: 0, maximum: 77 }),
      warn: t.String({ pattern: "^[0-9]{1,40}(\\.[0-9]{1,40})?$", maxLength: 81, examples: ["1.5"] }),
      critical: t.String({ pattern: "^[0-9]{1,40}(\\.[0-9]{1,40})?$", maxLength: 81, examples: ["1.1"] }),
    }),
  ),
});

/** The schema admits what the domain calls a definition; values are checked there. */
export function definitionOf(body: Static<typeof definitionSchema>): PlayDefinition {
  return body as unknown as PlayDefinition;
}

const definitionView = t.Unsafe<PlayDefinition>(definitionSchema);

const status = choice("draft", "published", "paused", "retired");
export const digestSchema = t.String({
  pattern: "^[0-9a-f]{64}$",
  maxLength: 64,
  examples: ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
  description: "SHA-256 of the definition's canonical JSON (RFC 8785)",
});
const version = whole({ minimum: 1, examples: [1] });

export const cataloguePlaySchema = t.Unsafe<CataloguePlay>(
  t.Object({
    ...{ id: idSchema, version, digest: digestSchema, status, publishedAt: instantSchema },
    open: t.Boolean({ description: "Whether it takes orders now" }),
    ...terms,
  }),
);

export const versionSchema = t.Object({
  ...{ play: idSchema, version, digest: digestSchema, definition: definitionView, publishedAt: instantSchema },
});

export const draftSchema = t.Object({
  ...{ id: idSchema, status, digest: digestSchema, draft: definitionView },
  offered: t.Boolean({ description: "Whether it awaits a second person's approval" }),
  authors: listOf(t.String(), { description: "Who wrote on it: none of them may approve it" }),
  version: whole({ minimum: 0, description: "How many versions are published" }),
});

export const faultSchema = t.Object({
  pointer: t.String({ examples: ["/amount"], description: "JSON pointer (RFC 6901)" }),
  detail: t.String({ examples: ["The amount is below the minimum"] }),
});

export const checkSchema = t.Object({
  faults: listOf(faultSchema),
  fees: t.Object({ entry: t.String(), exit: t.String(), performance: t.String() }),
  steps: listOf(t.Object({ id: stepId, title: t.String(), type: choice("manual", "approval", "transaction", "wait") })),
});
