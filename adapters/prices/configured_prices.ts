import type { Instant } from "../../domains/shared/mod.ts";
import type { Price, PriceOf } from "../../ports/mod.ts";

/** One whole unit of `asset` (CAIP-19) costs `value` (a decimal) of `currency` (ISO 4217). */
export type ConfiguredPrice = { readonly asset: string; readonly value: string; readonly currency: string };

/** Quotes what is configured, as of `at`, when it was read. Of two for the same asset and currency the later one counts. */
export function createConfiguredPrices(prices: readonly ConfiguredPrice[], at: Instant): PriceOf {
  const byName = new Map(prices.map(({ asset, currency, value }) => [`${asset} ${currency}`, value]));
  return async (asset, currency): Promise<Price | undefined> => {
    const value = byName.get(`${asset} ${currency}`);
    return value === undefined ? undefined : { asset, value, currency, source: "configured", at, confidence: 1 };
  };
}
