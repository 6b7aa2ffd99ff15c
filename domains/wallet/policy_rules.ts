/**
 * What a policy is: data. An ordered list of named rules that allow or deny transfers by what is known of them. The facts are
 * plain data too, in spellings that are equal where they mean the same: no rule knows of a chain family.
 *
 * @module
 */
import type { Amount, AssetId, NetworkId } from "../shared/mod.ts";

/** Whose transfers a volume sums: of the wallet, of all wallets of its user, of everyone. */
export const volumeScopes = ["wallet", "user", "platform"] as const;
export type VolumeScope = (typeof volumeScopes)[number];

/** How far back a volume reaches: the last hour, day, week, thirty days. */
export const volumeWindows = ["PT1H", "P1D", "P7D", "P30D"] as const;
export type VolumeWindow = (typeof volumeWindows)[number];

export const intentTypes = ["send", "call", "instructions"] as const;

/** Of one transfer: an allowing rule allows no more than the limit, a denying one denies what is above it. */
export type AmountLimit = { readonly asset: AssetId; readonly limit: Amount };

/** The same of the transfer and all that counts with it in a rolling window. */
export type VolumeLimit = AmountLimit & { readonly of: VolumeScope; readonly window: VolumeWindow };

/** A contract or program, and the functions of it by their selectors or discriminators (`0xa9059cbb`); without any: all. */
export type CallPattern = { readonly contract: string; readonly functions?: readonly string[] };

/**
 * What a rule is about; what it does not name it does not ask. An allowing rule holds where everything of the transfer fits, a
 * denying one as soon as something does: what goes to two destinations is allowed to both, or denied for either.
 */
export type Conditions = {
  /** `owner`, `play`, or the permission by which someone acts on another's wallet. */
  readonly initiators?: readonly string[];
  /** CAIP-2; `eip155:*` is every network of a family. */
  readonly networks?: readonly string[];
  readonly intents?: readonly string[];
  /** What leaves the wallet. */
  readonly assets?: readonly AssetId[];
  /** `registered`: the address of registration. `allow-listed`: of the wallet's list, and of age. Or accounts by CAIP-10. */
  readonly destinations?: readonly string[];
  readonly calls?: readonly CallPattern[];
  readonly amounts?: readonly AmountLimit[];
  readonly volumes?: readonly VolumeLimit[];
};

type Named = { readonly name: string; readonly when: Conditions };

export type PolicyRule =
  | (Named & {
      readonly effect: "allow";
      /** How many others must approve; none where it is absent. */
      readonly approvals?: number;
    })
  | (Named & { readonly effect: "deny" });

export type Policy = { readonly title: string; readonly rules: readonly PolicyRule[] };

export type FactDestination = {
  readonly account: string;
  readonly kinds: readonly ("registered" | "allow-listed")[];
};

/** What is known of a transfer. */
export type PolicyFacts = {
  readonly initiator: string;
  readonly network: NetworkId;
  readonly intent: string;
  readonly destinations: readonly FactDestination[];
  readonly calls: readonly { readonly contract: string; readonly function?: string }[];
  /** What leaves at most, network fees aside; each asset once. */
  readonly amounts: readonly { readonly asset: AssetId; readonly amount: Amount }[];
};

/** What counted in a window before this transfer; nothing where it is not listed. */
export type Volume = Omit<VolumeLimit, "limit"> & { readonly amount: Amount };

/** What a policy says of a transfer, and the rules that it says so by: those that deny, the first that allows, or none. */
export type Verdict = {
  readonly verdict: "allowed" | "needs-approvals" | "refused";
  readonly rules: readonly string[];
  /** How many others must approve. */
  readonly approvals: number;
};

/** What the platform begins with: users send to the address that they registered with, plays go by their definitions. */
export const builtInPolicy: Policy = {
  title: "Built in",
  rules: [
    {
      name: "address-of-registration",
      effect: "allow",
      when: { initiators: ["owner", "transfer:create"], intents: ["send"], destinations: ["registered"] },
    },
    { name: "play-definition", effect: "allow", when: { initiators: ["play"] } },
  ],
};
