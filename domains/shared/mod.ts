/**
 * The few words that every domain uses. Imports nothing.
 *
 * @module
 */
export {
  type Amount,
  addAmounts,
  addDeltas,
  amount,
  cappedAmount,
  compareAmounts,
  type Delta,
  delta,
  isNegative,
  largestAmount,
  leastAmount,
  negate,
  parseAmount,
  sizeOf,
  subtractAmounts,
  zero,
} from "./amount.ts";
export type { Brand, Instant, UserId } from "./brand.ts";
export {
  type AccountId,
  type AssetId,
  accountId,
  isNetworkId,
  type NetworkId,
  type ParsedAsset,
  parseAccount,
  parseAsset,
} from "./caip.ts";
export {
  addDecimals,
  alignDecimals,
  compareDecimals,
  type Decimal,
  decimal,
  decimalText,
  multiplyDecimals,
  scaledDecimal,
} from "./decimal.ts";
export { accept, type Decision, refuse } from "./decision.ts";
export { type Duration, secondsOf } from "./duration.ts";
export { isInstant, later, unixTime } from "./instant.ts";
export { lengthOf, sameJson } from "./json.ts";
export {
  type Facts,
  type Operation,
  operationsOf,
  type Read,
  type Resolved,
  type ResolvedValue,
  resolveValue,
  standsOn,
  Unresolvable,
  type Value,
  type ValueRefusal,
} from "./values.ts";
export { mayView, type Viewer } from "./viewer.ts";
