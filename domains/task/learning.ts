import { type AggregateStore, type Cause, transact } from "../../ports/mod.ts";
import type { UserId } from "../shared/mod.ts";
import { noteWallet, type OwnedWallet, type OwnedWalletEvent } from "./holding.ts";
import {
  closeOffer,
  noteTerms,
  type Offer,
  type OfferEvent,
  type OfferedVersion,
  type OfferedVersionEvent,
  offeredVersionId,
  openOffer,
  reopenOffer,
  type Terms,
} from "./offer.ts";

type Dependencies = {
  readonly offers: AggregateStore<Offer, OfferEvent>;
  readonly versions: AggregateStore<OfferedVersion, OfferedVersionEvent>;
  readonly ownedWallets: AggregateStore<OwnedWallet, OwnedWalletEvent>;
};

/** What orders learn of plays and wallets as those speak. */
export function createLearning({ offers, versions, ownedWallets }: Dependencies) {
  return {
    openOffer: (play: string, version: number, cause: Cause) =>
      transact(offers, play, cause, (offer) => openOffer(offer, version)),
    closeOffer: (play: string, reason: string, cause: Cause) =>
      transact(offers, play, cause, (offer) => closeOffer(offer, reason)),
    reopenOffer: (play: string, reason: string, cause: Cause) =>
      transact(offers, play, cause, (offer) => reopenOffer(offer, reason)),
    noteTerms: (play: string, version: number, digest: string, terms: Terms, cause: Cause) =>
      transact(versions, offeredVersionId(play, version), cause, (known) => noteTerms(known, digest, terms)),
    noteWallet: (wallet: string, user: UserId, cause: Cause) =>
      transact(ownedWallets, wallet, cause, (known) => noteWallet(known, user)),
  };
}
