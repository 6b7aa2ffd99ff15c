import { t } from "elysia";
import { accruals, risks, strategies } from "../../domains/play/mod.ts";
import {
  address,
  amount,
  asset,
  choice,
  closed,
  duration,
  fragment,
  jsonSchema,
  network,
  text,
  value,
  whole,
} from "./_parts.ts";

const intent = t.Union(
  [
    closed({ type: t.Literal("send"), asset, to: value, amount: value }),
    closed({
      ...{ type: t.Literal("call"), to: value, function: fragment },
      ...{ arguments: t.Array(value), value: t.Optional(value) },
    }),
  ],
  { title: "PlayIntent" },
);

const titled = { id: text("deposit"), title: text("Deposit the amount") };

/** What a play's step is. */
export const step = t.Union(
  [
    closed({ ...titled, type: t.Literal("manual"), instructions: text("Check the vault"), evidence: jsonSchema }),
    closed({ ...titled, type: t.Literal("approval"), approvals: whole(1), permission: text("task:approve") }),
    closed({ ...titled, type: t.Literal("transaction"), intent, compensation: t.Optional(intent) }),
    closed({ ...titled, type: t.Literal("wait"), duration }),
    closed({ ...titled, type: t.Literal("wait"), until: t.Literal("final") }),
  ],
  { title: "PlayStep" },
);

/** What a step's transaction does. */
export { intent as playIntent };

export const steps = t.Array(step);
export const contracts = t.Array(closed({ address, functions: t.Array(fragment) }));
export const declaredAssets = t.Array(closed({ asset, accrual: choice(...accruals) }));
export const health = closed({ value, decimals: whole(18), warn: text("1.5"), critical: text("1.1") }, "Health");

/** A play as two people agreed on it. */
export const definition = closed(
  {
    title: text("Steady vault"),
    summary: text("Lends dollars through a vault"),
    description: text("Deposits the amount into a vault."),
    strategy: choice(...strategies),
    ...{ network, asset, minimum: amount, maximum: amount, capacity: t.Optional(amount) },
    slippageBps: whole(50, "Basis points"),
    risk: choice(...risks),
    fees: closed({ entryBps: whole(0), exitBps: whole(0), performanceBps: whole(0) }),
    parameters: jsonSchema,
    display: closed({ icon: text("vault"), colour: text("#2f6f4f"), tags: t.Array(text("stable")) }),
    availability: t.Optional(closed({ from: t.Optional(t.String()), until: t.Optional(t.String()) })),
    ...{ contracts, spenders: t.Array(address), assets: declaredAssets },
    ...{ enter: steps, adjust: t.Optional(steps), exit: steps },
    ...{ valuation: t.Optional(value), health: t.Optional(health) },
  },
  "PlayDefinition",
);
