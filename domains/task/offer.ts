/**
 * What the task domain knows of plays: whether they take orders, and the terms of each published version. Projections of the
 * play service's events.
 *
 * @module
 */
import type { AggregateKind, JsonSchema } from "../../ports/mod.ts";
import {
  type Amount,
  type AssetId,
  accept,
  type Decision,
  type Duration,
  type NetworkId,
  type Value,
} from "../shared/mod.ts";

export type Offer = { readonly status: "unknown" } | { readonly status: "open" | "closed"; readonly version: number };

export type OfferEvent =
  | { readonly type: "OfferOpened"; readonly version: number }
  | { readonly type: "OfferClosed"; readonly reason: string }
  | { readonly type: "OfferReopened"; readonly reason: string };

/** What a step's transaction does, as far as the task carries it to the wallet. */
export type Intent =
  | { readonly type: "send"; readonly asset: AssetId; readonly to: Value; readonly amount: Value }
  | {
      readonly type: "call";
      readonly to: Value;
      readonly function: string;
      readonly arguments: readonly Value[];
      readonly value?: Value;
    };

export type StepDefinition = { readonly id: string; readonly title: string } & (
  | { readonly type: "manual"; readonly instructions: string; readonly evidence: JsonSchema }
  | { readonly type: "approval"; readonly approvals: number; readonly permission: string }
  | { readonly type: "transaction"; readonly intent: Intent; readonly compensation?: Intent }
  | { readonly type: "wait"; readonly duration: Duration }
  | { readonly type: "wait"; readonly until: "final" }
);

/** The part of a definition that orders and tasks are made from. */
export type Terms = {
  readonly title: string;
  readonly network: NetworkId;
  readonly asset: AssetId;
  readonly minimum: Amount;
  readonly maximum: Amount;
  readonly parameters: JsonSchema;
  readonly enter: readonly StepDefinition[];
  readonly adjust?: readonly StepDefinition[];
  readonly exit: readonly StepDefinition[];
};

export type OfferedVersion =
  | { readonly status: "unknown" }
  | { readonly status: "published"; readonly digest: string; readonly terms: Terms };

export type OfferedVersionEvent = { readonly type: "TermsNoted"; readonly digest: string; readonly terms: Terms };

/** Takes orders on this version from now on; a closed offer stays closed until it is reopened. */
export function openOffer(_offer: Offer, version: number): Decision<OfferEvent, never> {
  return accept<OfferEvent>({ type: "OfferOpened", version });
}

/** Takes no more orders. */
export function closeOffer(_offer: Offer, reason: string): Decision<OfferEvent, never> {
  return accept<OfferEvent>({ type: "OfferClosed", reason });
}

/** Takes orders again. */
export function reopenOffer(_offer: Offer, reason: string): Decision<OfferEvent, never> {
  return accept<OfferEvent>({ type: "OfferReopened", reason });
}

export function noteTerms(
  _version: OfferedVersion,
  digest: string,
  terms: Terms,
): Decision<OfferedVersionEvent, never> {
  return accept<OfferedVersionEvent>({ type: "TermsNoted", digest, terms });
}

export function offeredVersionId(play: string, version: number): string {
  return `${play}-${version}`;
}

export const offerKind: AggregateKind<Offer, OfferEvent> = {
  name: "offer",
  initial: { status: "unknown" },
  evolve(offer, event) {
    switch (event.type) {
      case "OfferOpened":
        return { status: offer.status === "closed" ? "closed" : "open", version: event.version };
      case "OfferClosed":
        return offer.status === "unknown" ? offer : { ...offer, status: "closed" };
      case "OfferReopened":
        return offer.status === "unknown" ? offer : { ...offer, status: "open" };
    }
  },
  upcasters: [],
  indexes: [],
};

export const offeredVersionKind: AggregateKind<OfferedVersion, OfferedVersionEvent> = {
  name: "offered_version",
  initial: { status: "unknown" },
  evolve: (_, { digest, terms }) => ({ status: "published", digest, terms }),
  upcasters: [],
  indexes: [],
};
