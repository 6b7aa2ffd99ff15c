import { expect, test } from "bun:test";
import { amount } from "../shared/mod.ts";
import { investor, shares, terms, usd } from "./_world_test.ts";
import { evolveHolding, type Holding, type HoldingEvent, noteWallet, ownedWalletKind, unlock } from "./holding.ts";
import { closeOffer, noteTerms, type Offer, offeredVersionKind, offerKind, openOffer, reopenOffer } from "./offer.ts";

const none: Holding = { status: "none" };
const place = { user: investor, wallet: "w1", play: "p1", version: 1 };
const assets = [{ asset: shares, amount: amount("95") }];
const opened: HoldingEvent = { type: "HoldingOpened", ...place, assets };
const locked: HoldingEvent = { type: "HoldingLocked", order: "o2" };
const changed = (closed: boolean): HoldingEvent => {
  return { type: "HoldingChanged", order: "o2", assets: [{ asset: usd, amount: amount("1") }], closed };
};
const after = (...events: readonly HoldingEvent[]) => events.reduce(evolveHolding, none);

test("a position is opened, locked by an order, and let go by what the order made of it", () => {
  expect(after(opened)).toEqual({ status: "open", ...place, assets });
  expect(after(opened, locked)).toEqual({ status: "open", ...place, assets, lock: "o2" });
  const left = { ...place, assets: [{ asset: usd, amount: amount("1") }] };
  expect(after(opened, locked, changed(false))).toEqual({ status: "open", ...left });
  expect(after(opened, locked, changed(true))).toEqual({ status: "closed", ...left });
  expect(after(opened, locked, { type: "HoldingUnlocked", order: "o2" })).toEqual(after(opened));
});

test("only the order that has it lets go of a position", () => {
  expect(unlock(after(opened, locked), "o2")).toEqual([{ type: "HoldingUnlocked", order: "o2" }]);
  expect(unlock(after(opened, locked), "o3")).toEqual([]);
  expect(unlock(after(opened), "o2")).toEqual([]);
  expect(unlock(none, "o2")).toEqual([]);
});

test("what is told of a position that there is not changes nothing", () => {
  expect(after(locked, changed(true))).toEqual(none);
});

test("a wallet is its owner's", () => {
  const { initial, evolve } = ownedWalletKind;
  const noted = noteWallet(initial, investor);
  expect(noted.ok && noted.events.reduce(evolve, initial)).toEqual({ status: "owned", user: investor });
});

const unknown: Offer = { status: "unknown" };
type Telling = (offer: Offer) => ReturnType<typeof openOffer>;
const opens =
  (version: number): Telling =>
  (offer) =>
    openOffer(offer, version);
const closes: Telling = (offer) => closeOffer(offer, "audit");
const reopens: Telling = (offer) => reopenOffer(offer, "done");
const offerAfter = (...tellings: readonly Telling[]) =>
  tellings.reduce<Offer>((offer, telling) => {
    const told = telling(offer);
    return told.ok ? told.events.reduce(offerKind.evolve, offer) : offer;
  }, unknown);

test("an offer is open for its newest version, closes and opens again", () => {
  expect(offerAfter(opens(1))).toEqual({ status: "open", version: 1 });
  expect(offerAfter(opens(1), opens(2))).toEqual({ status: "open", version: 2 });
  expect(offerAfter(opens(1), closes)).toEqual({ status: "closed", version: 1 });
  expect(offerAfter(opens(1), closes, reopens)).toEqual({ status: "open", version: 1 });
});

test("a new version of a closed offer waits until it is reopened", () => {
  expect(offerAfter(opens(1), closes, opens(2))).toEqual({ status: "closed", version: 2 });
  expect(offerAfter(opens(1), closes, opens(2), reopens)).toEqual({ status: "open", version: 2 });
});

test("what was never offered can't be closed or opened again", () => {
  expect(offerAfter(closes)).toEqual(unknown);
  expect(offerAfter(reopens)).toEqual(unknown);
});

test("a version's terms are what was published", () => {
  const noted = noteTerms({ status: "unknown" }, "d1", terms);
  const { evolve, initial } = offeredVersionKind;
  expect(noted.ok && noted.events.reduce(evolve, initial)).toEqual({ status: "published", digest: "d1", terms });
});
