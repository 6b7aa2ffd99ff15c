/**
 * What a play is: data that two people agree on. `api.md` of the frontend calls it the definition.
 *
 * @module
 */
import type { JsonSchema } from "../../ports/mod.ts";
import type { Amount, AssetId, Duration, NetworkId, Value } from "../shared/mod.ts";

export const strategies = ["leverage", "staking", "liquidity", "farming"] as const;
export const risks = ["low", "medium", "high"] as const;
export const accruals = ["none", "rebasing", "debt"] as const;
export const actions = ["enter", "adjust", "exit"] as const;

export type Action = (typeof actions)[number];

/** What a transaction does. Any field but the type and the function may be a value. */
export type PlayIntent =
  | { readonly type: "send"; readonly asset: AssetId; readonly to: Value; readonly amount: Value }
  | {
      readonly type: "call";
      readonly to: Value;
      /** A human-readable ABI fragment: `function approve(address spender, uint256 amount)`. */
      readonly function: string;
      readonly arguments: readonly Value[];
      readonly value?: Value;
    };

type Titled = { readonly id: string; readonly title: string };

export type PlayStep = Titled &
  (
    | { readonly type: "manual"; readonly instructions: string; readonly evidence: JsonSchema }
    | { readonly type: "approval"; readonly approvals: number; readonly permission: string }
    | { readonly type: "transaction"; readonly intent: PlayIntent; readonly compensation?: PlayIntent }
    | { readonly type: "wait"; readonly duration: Duration }
    | { readonly type: "wait"; readonly until: "final" }
  );

/** What a transaction touches beyond `contracts`, `spenders` and `assets` is refused before it is signed. */
export type PlayDefinition = {
  readonly title: string;
  readonly summary: string;
  readonly description: string;
  readonly strategy: (typeof strategies)[number];
  readonly network: NetworkId;
  readonly asset: AssetId;
  readonly minimum: Amount;
  readonly maximum: Amount;
  readonly capacity?: Amount;
  readonly slippageBps: number;
  readonly risk: (typeof risks)[number];
  readonly fees: { readonly entryBps: number; readonly exitBps: number; readonly performanceBps: number };
  readonly parameters: JsonSchema;
  readonly display: { readonly icon: string; readonly colour: string; readonly tags: readonly string[] };
  readonly availability?: { readonly from?: string; readonly until?: string };
  readonly contracts: readonly { readonly address: string; readonly functions: readonly string[] }[];
  readonly spenders: readonly string[];
  readonly assets: readonly { readonly asset: AssetId; readonly accrual: (typeof accruals)[number] }[];
  readonly enter: readonly PlayStep[];
  readonly adjust?: readonly PlayStep[];
  readonly exit: readonly PlayStep[];
  /** What a position is worth, in base units of the play's asset. */
  readonly valuation?: Value;
  readonly health?: {
    readonly value: Value;
    readonly decimals: number;
    readonly warn: string;
    readonly critical: string;
  };
};
