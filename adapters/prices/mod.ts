/**
 * Prices from configuration, until feeds are wired: what an operator says an asset costs.
 *
 * @module
 */
export { type ConfiguredPrice, createConfiguredPrices } from "./configured_prices.ts";
