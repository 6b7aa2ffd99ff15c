import { capacityKind, claimKind, playKind, playVersionKind } from "../../domains/play/mod.ts";
import {
  assetInfoKind,
  investorKind,
  ledgerKind,
  performanceKind,
  positionKind,
  postedTransactionKind,
  valuedPlayKind,
  valuedWalletKind,
} from "../../domains/portfolio/mod.ts";
import {
  holdingKind,
  incidentKind,
  offeredVersionKind,
  offerKind,
  orderKind,
  ownedWalletKind,
  suspensionKind,
  taskKind,
} from "../../domains/task/mod.ts";
import { identityKind, superAdminsKind, userKind } from "../../domains/user/mod.ts";
import {
  assetKind,
  depositKind,
  nonceKind,
  playTermsKind,
  registrationKind,
  transferKind,
  walletKind,
} from "../../domains/wallet/mod.ts";
import type { AggregateKind } from "../../ports/mod.ts";
import type { ServiceName } from "../services.ts";

// biome-ignore lint/suspicious/noExplicitAny: aggregates of every kind.
type AnyKind = AggregateKind<any, any>;

/** What each service keeps with events: to read its store from outside of it. */
export const kindsOf: Readonly<Record<ServiceName, readonly AnyKind[]>> = {
  user: [userKind, identityKind, superAdminsKind],
  play: [playKind, playVersionKind, capacityKind, claimKind],
  wallet: [walletKind, transferKind, depositKind, nonceKind, registrationKind, playTermsKind, assetKind],
  task: [
    ...[orderKind, taskKind, incidentKind, holdingKind],
    ...[offerKind, offeredVersionKind, ownedWalletKind, suspensionKind],
  ],
  portfolio: [
    ...[ledgerKind, positionKind, postedTransactionKind, valuedPlayKind],
    ...[valuedWalletKind, assetInfoKind, investorKind, performanceKind],
  ],
  notification: [],
};
