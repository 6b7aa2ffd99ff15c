/**
 * Plays: the investment strategies that Lucent offers, from draft to retirement, and how much of each is taken.
 *
 * @module
 */
export { type Capacity, type CapacityEvent, type Claim, type ClaimEvent, capacityKind, claimKind } from "./capacity.ts";
export type { PlannedOrder } from "./catalogue.ts";
export {
  type Action,
  accruals,
  actions,
  type PlayDefinition,
  type PlayIntent,
  type PlayStep,
  risks,
  strategies,
} from "./definition.ts";
export { type Play, type PlayEvent, type PlayId, playKind } from "./play.ts";
export { playReactions } from "./reactions.ts";
export {
  type CatalogueQuery,
  createPlayService,
  type PlayDependencies,
  type PlayRefusal,
  type PlayService,
} from "./service.ts";
export { type PlayVersion, type PlayVersionEvent, playVersionKind } from "./version.ts";
export type { CataloguePlay, DraftView, VersionView } from "./views.ts";
export { draftView } from "./views.ts";
