import { t } from "elysia";
import {
  accountSchema,
  amountSchema,
  assetSchema,
  choice,
  deltaSchema,
  exactly,
  idSchema,
  instantSchema,
  networkSchema,
  whole,
} from "./_schemas.ts";

const addressExample = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const hashExample = "0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060";

export const hashSchema = t.String({ examples: [hashExample], description: "The transaction's hash" });
export const blockSchema = t.Object({
  number: whole({ examples: [17] }),
  hash: t.String({ examples: [hashExample] }),
});
export const symbolSchema = t.String({ minLength: 1, maxLength: 20, examples: ["USDC"] });
export const decimalsSchema = whole({ minimum: 0, maximum: 77, examples: [6] });

const assetAmount = t.Object({ asset: assetSchema, amount: amountSchema });

export const labelSchema = t.String({ minLength: 1, maxLength: 80, pattern: "\\S", examples: ["Savings"] });

export const walletSchema = t.Object({
  id: idSchema,
  user: t.String({ description: "The owner" }),
  label: labelSchema,
  status: choice("open", "frozen"),
  accounts: t.Array(
    t.Object({
      account: accountSchema,
      network: networkSchema,
      family: choice("evm", "solana", "bitcoin"),
      address: t.String({ examples: [addressExample] }),
      path: t.String({ examples: ["m/44'/60'/0'/0/0"], description: "From the seed: BIP-32, or SLIP-10 for Solana" }),
    }),
  ),
});

export const balanceSchema = t.Object({
  asset: assetSchema,
  symbol: t.Optional(symbolSchema),
  decimals: t.Optional(whole({ examples: [6] })),
  final: amountSchema,
  pending: amountSchema,
  held: amountSchema,
  available: amountSchema,
  asOf: t.Optional(instantSchema),
});

export const holdSchema = t.Object({
  id: t.String({ description: "The order's, transfer's or position's" }),
  purpose: t.Union([
    t.Object({ type: t.Literal("order"), order: t.String() }),
    t.Object({ type: t.Literal("transfer"), transfer: t.String() }),
    t.Object({ type: t.Literal("position"), position: t.String() }),
  ]),
  placed: t.Array(assetAmount, { description: "What it began with" }),
  assets: t.Array(assetAmount, { description: "What it has now" }),
});

export const depositStatus = choice("detected", "confirmed", "final", "reverted");
export const depositSchema = t.Object({
  id: t.String(),
  status: depositStatus,
  wallet: idSchema,
  account: accountSchema,
  network: networkSchema,
  asset: assetSchema,
  amount: amountSchema,
  hash: hashSchema,
  block: blockSchema,
  at: instantSchema,
});

const scalar = t.Union([t.String({ maxLength: 10_000 }), t.Boolean()]);
const list = t.Union([scalar, t.Array(scalar, { maxItems: 100 })]);
const nested = t.Union([scalar, t.Array(list, { maxItems: 100 })]);
const destination = t.String({
  maxLength: 200,
  examples: [addressExample],
  description: "An address of the network, or an account (CAIP-10)",
});

/** What users may ask for. */
export const intentSchema = t.Union(
  [
    t.Object({ type: t.Literal("send"), asset: assetSchema, to: destination, amount: amountSchema }, exactly),
    t.Object(
      {
        type: t.Literal("call"),
        to: destination,
        function: t.String({ maxLength: 500, examples: ["function approve(address spender, uint256 amount)"] }),
        arguments: t.Array(nested, { maxItems: 50 }),
        value: t.Optional(amountSchema),
      },
      exactly,
    ),
    t.Object(
      {
        type: t.Literal("call"),
        to: destination,
        data: t.String({ pattern: "^0x([0-9a-fA-F]{2})*$", maxLength: 50_000, examples: ["0x"] }),
        value: t.Optional(amountSchema),
      },
      exactly,
    ),
  ],
  { examples: [{ type: "send", asset: "eip155:31337/slip44:60", to: addressExample, amount: "1000000" }] },
);

export const prioritySchema = choice("low", "normal", "high");

export const transferBody = t.Object({
  wallet: idSchema,
  network: networkSchema,
  intent: intentSchema,
  priority: t.Optional(prioritySchema),
  note: t.Optional(t.String({ maxLength: 500, examples: ["Rent"] })),
});

export const effectSchema = t.Object({ account: accountSchema, asset: assetSchema, delta: deltaSchema });

export const decodedSchema = t.Object(
  {
    to: t.String({ examples: [addressExample] }),
    value: amountSchema,
    data: t.String({ examples: ["0x"] }),
    function: t.Optional(t.String({ examples: ["function transfer(address to, uint256 amount) returns (bool)"] })),
    arguments: t.Array(
      t.Object({
        path: t.String({ examples: ["to"] }),
        type: t.String({ examples: ["address"] }),
        value: t.String({ examples: [addressExample] }),
      }),
    ),
  },
  { description: "The call as it is signed, decoded again" },
);

export const digestSchema = t.String({
  examples: ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
  description: "SHA-256 over network, sender and call",
});

export const feeSchema = t.Object(
  { asset: assetSchema, amount: amountSchema },
  { description: "What was paid; until then, the most that may be" },
);

export const policySchema = t.Object({
  verdict: choice("allowed", "needs-approvals", "refused", "pending"),
  rule: t.String({ examples: ["address-of-registration"], description: "The first rule that decided; or `no-rule`" }),
  rules: t.Optional(t.Array(t.String({ examples: ["address-of-registration"] }))),
  version: t.Optional(whole({ examples: [1], description: "Of the policy" })),
  words: t.Optional(t.String({ examples: ["Allowed by address-of-registration."] })),
});

export const transferStatus = choice("rejected", "queued", "submitted", "included", "final", "failed");

export const transferSchema = t.Object({
  id: t.String(),
  user: t.String(),
  wallet: idSchema,
  network: networkSchema,
  status: transferStatus,
  purpose: t.Union([
    t.Object({ type: t.Literal("user") }),
    t.Object({ type: t.Literal("order"), order: t.String(), task: t.String(), step: t.String() }),
  ]),
  intent: t.Unknown({ description: "As it was asked for; a play's may hold values" }),
  priority: prioritySchema,
  note: t.Optional(t.String()),
  digest: t.Optional(digestSchema),
  decoded: t.Optional(decodedSchema),
  fee: t.Optional(feeSchema),
  policy: policySchema,
  hashes: t.Array(hashSchema, { description: "Of every transaction that was ever sent" }),
  block: t.Optional(blockSchema),
  outcome: t.Optional(choice("success", "reverted")),
  effects: t.Array(effectSchema, { description: "Read from the chain, the network fee among them" }),
  failure: t.Optional(t.Object({ reason: t.String({ examples: ["simulation-reverted"] }), detail: t.String() })),
  createdAt: instantSchema,
});

export const simulationSchema = t.Object({
  digest: digestSchema,
  decoded: decodedSchema,
  fee: feeSchema,
  outcome: choice("success", "reverted"),
  reason: t.String({ description: "Of the revert, decoded; empty on success" }),
  effects: t.Array(effectSchema, { description: "Without the network fee" }),
  policy: policySchema,
});

export const assetViewSchema = t.Object({
  asset: assetSchema,
  network: networkSchema,
  symbol: symbolSchema,
  decimals: whole({ examples: [6] }),
  name: t.String({ examples: ["USD Coin"] }),
  native: t.Boolean({ description: "The network's own" }),
});

export const networkViewSchema = t.Object({
  id: networkSchema,
  name: t.String({ examples: ["Ethereum"] }),
  family: choice("evm", "solana", "bitcoin"),
  nativeAsset: assetSchema,
  symbol: symbolSchema,
  decimals: whole({ examples: [18] }),
  final: t.Union([t.Literal("finalized"), whole()], {
    examples: ["finalized"],
    description: "The tag of final blocks, or how many blocks on top make one final",
  }),
});
