import type { AssetId, Instant } from "../domains/shared/mod.ts";

/** What one whole unit (10^decimals base units) of an asset costs; `value` is a decimal string such as `2411.07`. */
export type Price = {
  readonly asset: AssetId;
  readonly value: string;
  readonly currency: string;
  readonly source: string;
  readonly at: Instant;
  /** From 0 to 1. */
  readonly confidence: number;
};

/** The newest price in the currency (ISO 4217); undefined where nobody quotes one. Unknown is never zero. */
export type PriceOf = (asset: AssetId, currency: string) => Promise<Price | undefined>;
