/** What services make of each other's events, by `kind/Type`: each of the first has one of the second, which is caused by it. */
export const effects: readonly (readonly [event: string, effect: string])[] = [
  ["user/UserRegistered", "registration/AccountRegistered"],
  ["user/UserRegistered", "investor/InvestorRegistered"],
  ["play/PlayPublished", "offer/OfferOpened"],
  ["play_version/VersionPublished", "offered_version/TermsNoted"],
  ["play_version/VersionPublished", "play_terms/TermsPublished"],
  ["play_version/VersionPublished", "valued_play/ValuationLearned"],
  ["asset/AssetListed", "asset_info/AssetLearned"],
  ["wallet/WalletCreated", "owned_wallet/WalletNoted"],
  ["wallet/WalletCreated", "valued_wallet/AddressesLearned"],
  ["order/OrderPlaced", "claim/CapacityClaimed"],
  ["wallet/FundsHeld", "order/OrderHeld"],
  ["wallet/FundsHeld", "task/TaskOpened"],
  ["order/OrderFilled", "claim/CapacityTaken"],
  ["order/OrderFilled", "position/PositionOpened"],
  ["wallet/FundsRefused", "order/OrderRefused"],
  ["order/OrderRefused", "claim/CapacityReleased"],
  ["claim/CapacityReleased", "wallet/HoldReleased"],
];

/** Of what somebody is told, and the type of the notice: one for each event. */
export const notices: readonly (readonly [event: string, notice: string])[] = [
  ["wallet/WalletCreated", "wallet.created"],
  ["order/OrderPlaced", "order.placed"],
  ["order/OrderRefused", "order.refused"],
  ["task/TaskOpened", "task.opened"],
  ["task/TaskCommented", "task.commented"],
  ["user/UserRegistered", "account.registered"],
  ["user/UserSignedIn", "security.signed-in"],
];
