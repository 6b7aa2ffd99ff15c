/**
 * Wallets: accounts, what they have and what of it is held; deposits that arrive; transfers that leave; and what a play's
 * transactions may touch.
 *
 * @module
 */
export { assetKind } from "./asset.ts";
export { type AssetRefusal, type AssetService, createAssetService } from "./asset_service.ts";
export type {
  AbiCodec,
  Account,
  Arrival,
  Block,
  Blocks,
  Call,
  Effect,
  EvmChain,
  Family,
  Fees,
  Keys,
  Leaf,
  Network,
  Planning,
  Receipt,
  Sending,
  Simulation,
  UnsignedTransaction,
} from "./chain.ts";
export type { AskTransfer } from "./considering.ts";
export { cursorKind } from "./cursor.ts";
export { depositKind } from "./deposit.ts";
export {
  type AddDestinationRefusal,
  createDestinationService,
  type DestinationService,
  type RemoveDestinationRefusal,
} from "./destination_service.ts";
export { destinationsKind } from "./destinations.ts";
export { createFreezeService, type FreezeRefusal, type FreezeService } from "./freeze_service.ts";
export { platformFreezeKind } from "./freezing.ts";
export type { Intent } from "./intent.ts";
export { createJudging, type Judging } from "./judging.ts";
export type { Persistence, StartPersistence } from "./lanes.ts";
export { nonceKind } from "./nonce.ts";
export { createPlanning } from "./planning.ts";
export { playTermsKind } from "./play_terms.ts";
export { policyInForceKind, policyKind } from "./policy.ts";
export {
  type Policy,
  type PolicyRule,
  type VolumeScope,
  type VolumeWindow,
  volumeScopes,
  volumeWindows,
} from "./policy_rules.ts";
export {
  createPolicyService,
  type DecidePolicyRefusal,
  type PolicyService,
  type ProposePolicyRefusal,
} from "./policy_service.ts";
export { walletReactions } from "./reactions.ts";
export { registrationKind } from "./registration.ts";
export { createSender, type Sender, type SenderDependencies } from "./sending.ts";
export { createWalletService, type FeeReserve, type WalletRefusal, type WalletService } from "./service.ts";
export { signedBytesKind } from "./signing.ts";
export { spellingBy } from "./spelling.ts";
export { transferKind } from "./transfer.ts";
export {
  createTransferService,
  type TransferRefusal,
  type TransferService,
} from "./transfer_service.ts";
export { volumeKind } from "./volume.ts";
export { createWallet, walletKind } from "./wallet.ts";
export { createWalletsAhead, walletAheadKind } from "./wallets_ahead.ts";
export { createWatched, type Watched, watchEpochKind, watchedWalletKind } from "./watched.ts";
export { startWatching } from "./watching.ts";
