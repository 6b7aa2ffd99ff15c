import { expect, test } from "bun:test";
import { amount, type Instant, zero } from "../shared/mod.ts";
import {
  approver,
  at,
  definition,
  investor,
  offerer,
  publishedPlay,
  publishedVersion,
  termsOf,
} from "./_world_test.ts";
import {
  type Capacity,
  type Claim,
  type ClaimRefusal,
  claimCapacity,
  evolveClaim,
  hasRoom,
  type OrderTerms,
  releaseCapacity,
  type Taken,
  takeCapacity,
} from "./capacity.ts";
import type { PlayDefinition } from "./definition.ts";
import { evolve } from "./play.ts";
import type { PlayVersion } from "./version.ts";

const published = publishedPlay;
const because = { reason: "audit", by: offerer };
const paused = evolve(published, { type: "PlayPaused", ...because });
const retired = evolve(published, { type: "PlayRetired", ...because });
const newer = evolve(published, {
  ...{ type: "PlayPublished", version: 2, digest: "d2", title: "B" },
  by: approver,
  at,
});

function versionWith(given: Partial<PlayDefinition> = {}): PlayVersion {
  return { ...publishedVersion, definition: { ...definition, ...given } };
}

const offered = { play: published, version: versionWith(), at };
const none: Claim = { status: "none" };
const empty: Capacity = { claimed: zero };
const terms = termsOf("p1", "o1");
const { user, wallet } = terms;
const standing = { play: "p1", user, wallet };
const claimed = (size: string): Claim => ({ status: "claimed", ...standing, amount: amount(size) });
const taken = (size: string): Claim => ({ status: "taken", ...standing, amount: amount(size) });
const takes = (order: string, given: Partial<Taken> = {}): Taken => {
  return { order, user, wallet, action: "enter", position: order, closed: false, ...given };
};

function refusalFor(given: Partial<OrderTerms>, under: Partial<typeof offered> = {}, full = zero) {
  const claiming = claimCapacity({ claimed: full }, none, termsOf("p1", "o1", given), { ...offered, ...under });
  const [event] = claiming.claim;
  if (event?.type !== "CapacityRefused") return undefined;
  expect(claiming).toEqual({
    claim: [{ type: "CapacityRefused", order: "o1", user: investor, play: "p1", reason: event.reason }],
  });
  return event.reason;
}

test("claimCapacity() sets the order's amount aside, and says the new total", () => {
  expect(claimCapacity({ claimed: amount("50") }, none, terms, offered)).toEqual({
    capacity: [{ type: "CapacityChanged", order: "o1", delta: "100" as never, claimed: amount("150") }],
    claim: [{ type: "CapacityClaimed", ...terms }],
  });
});

const [low, high] = [amount("9"), amount("1001")];
const until = { availability: { until: at } };
const from = { availability: { from: "2026-11-23T00:00:00.001Z" } };
const unpublished = { status: "absent" } as const;

test.each<[string, Partial<OrderTerms>, Partial<typeof offered>, ClaimRefusal]>([
  ["an unknown play", {}, { play: unpublished }, "play-not-found"],
  ["an unknown version", {}, { version: unpublished }, "play-not-found"],
  ["another digest", { digest: "d9" }, {}, "version-not-offered"],
  ["an exit by another digest", { action: "exit", amount: zero, digest: "d9" }, {}, "version-not-offered"],
  ["an old version", {}, { play: newer }, "version-not-offered"],
  ["a paused play", {}, { play: paused }, "play-closed"],
  ["a retired play", {}, { play: retired }, "play-closed"],
  ["a play that is over", {}, { version: versionWith(until) }, "play-closed"],
  ["a play that has not begun", {}, { version: versionWith(from) }, "play-closed"],
  ["an adjustment while paused", { action: "adjust" }, { play: paused }, "play-closed"],
  ["an amount below the minimum", { amount: low }, {}, "amount-out-of-limits"],
  ["an amount above the maximum", { amount: high }, {}, "amount-out-of-limits"],
  ["an adjustment above the maximum", { action: "adjust", amount: high }, {}, "amount-out-of-limits"],
])("claimCapacity() refuses %s", (_what, given, under, refusal) => {
  expect(refusalFor(given, under)).toBe(refusal);
});

test("capacity is exhausted by what does not fit any more, to the last unit", () => {
  expect(refusalFor({}, {}, amount("1400"))).toBeUndefined();
  expect(refusalFor({}, {}, amount("1401"))).toBe("capacity-exhausted");
  const { capacity: _, ...unbounded } = definition;
  const version = { ...versionWith(), definition: unbounded } as PlayVersion;
  expect(refusalFor({}, { version }, amount("1401"))).toBeUndefined();
});

test("without a capacity there is room for what an amount can count", () => {
  const most = amount(2n ** 256n - 1n);
  expect(hasRoom({}, zero, most)).toBe(true);
  expect(hasRoom({}, amount("1"), most)).toBe(false);
});

test("minimum and maximum are amounts that an order may have", () => {
  expect(refusalFor({ amount: definition.minimum })).toBeUndefined();
  expect(refusalFor({ amount: definition.maximum })).toBeUndefined();
});

test("an adjustment goes on by its own version, and may be small", () => {
  expect(refusalFor({ action: "adjust", amount: low }, { play: newer })).toBeUndefined();
});

test("an exit is never refused for the play's state, and takes no capacity", () => {
  const leaving = termsOf("p1", "o2", { action: "exit", amount: zero, position: "o1" });
  for (const play of [published, paused, retired, newer]) {
    const version = versionWith({ availability: { until: at }, minimum: amount("900") });
    const claiming = claimCapacity({ claimed: amount("1500") }, none, leaving, { play, version, at });
    expect(claiming).toEqual({ capacity: [], claim: [{ type: "CapacityClaimed", ...leaving }] });
  }
});

test("an order that is told again under another key is told what it came to", () => {
  const refused: Claim = { status: "refused", reason: "play-closed" };
  expect(claimCapacity(empty, refused, terms, offered)).toEqual({
    claim: [{ type: "CapacityRefused", order: "o1", user: investor, play: "p1", reason: "play-closed" }],
  });
  const noted = { claim: [{ type: "ReleaseNoted", order: "o1", reason: "placed-twice" }] } as const;
  for (const claim of [claimed("100"), taken("100"), { ...taken("0"), status: "released" } as Claim]) {
    expect(claimCapacity(empty, claim, terms, offered)).toEqual(noted);
  }
});

test("availability begins with its first moment and ends before its last", () => {
  const [, ...moments] = ["", "2026-11-23T00:00:00.000Z", "2026-11-24T00:00:00.000Z"] as Instant[];
  const version = versionWith({ availability: { from: moments[0] ?? "", until: moments[1] ?? "" } });
  expect(refusalFor({}, { version, at: "2026-11-22T23:59:59.999Z" as Instant })).toBe("play-closed");
  expect(refusalFor({}, { version, at: "2026-11-23T00:00:00.000Z" as Instant })).toBeUndefined();
  expect(refusalFor({}, { version, at: "2026-11-23T23:59:59.999Z" as Instant })).toBeUndefined();
  expect(refusalFor({}, { version, at: "2026-11-24T00:00:00.000Z" as Instant })).toBe("play-closed");
});

test("releaseCapacity() gives back what was claimed, and nothing of what was not", () => {
  const ending = { order: "o1", reason: "cancelled" };
  expect(releaseCapacity({ claimed: amount("150") }, claimed("100"), ending)).toEqual({
    capacity: [{ type: "CapacityChanged", order: "o1", delta: "-100" as never, claimed: amount("50") }],
    claim: [{ type: "CapacityReleased", ...ending, user, wallet }],
  });
  const noted = { claim: [{ type: "ReleaseNoted", ...ending }] } as const;
  for (const claim of [none, taken("100"), { status: "refused", reason: "play-closed" } as Claim]) {
    expect(releaseCapacity({ claimed: amount("150") }, claim, ending)).toEqual(noted);
  }
});

test("releaseCapacity() gives back what an emptied position stood for, too", () => {
  const ending = { order: "o2", reason: "incident-resolved" };
  expect(releaseCapacity({ claimed: amount("150") }, claimed("0"), ending, taken("140"))).toEqual({
    capacity: [{ type: "CapacityChanged", order: "o2", delta: "-140" as never, claimed: amount("10") }],
    claim: [{ type: "CapacityReleased", ...ending, user, wallet }],
    entered: [{ type: "CapacityReturned", order: "o2" }],
  });
});

test("an order that is filled keeps its capacity for the position", () => {
  const took = takes("o1");
  expect(takeCapacity({ claimed: amount("100") }, claimed("100"), claimed("100"), took)).toEqual({
    claim: [{ type: "CapacityTaken", ...took }],
  });
  expect(evolveClaim(claimed("100"), { type: "CapacityTaken", ...took })).toEqual(taken("100"));
});

test("an adjustment grows what the position stands for", () => {
  const took = takes("o2", { action: "adjust", position: "o1" });
  const taking = takeCapacity({ claimed: amount("140") }, claimed("40"), taken("100"), took);
  expect(taking).toEqual({
    claim: [{ type: "CapacityTaken", ...took }],
    entered: [{ type: "CapacityGrown", order: "o2", amount: amount("40") }],
  });
  expect(taking.claim.reduce(evolveClaim, claimed("40"))).toEqual(taken("0"));
  expect(taking.entered?.reduce(evolveClaim, taken("100"))).toEqual(taken("140"));
});

test("a closed position returns all that it stood for; one left in part returns nothing", () => {
  const took = takes("o3", { action: "exit", position: "o1", closed: true });
  const taking = takeCapacity({ claimed: amount("150") }, claimed("0"), taken("140"), took);
  expect(taking).toEqual({
    capacity: [{ type: "CapacityChanged", order: "o3", delta: "-140" as never, claimed: amount("10") }],
    claim: [{ type: "CapacityTaken", ...took }],
    entered: [{ type: "CapacityReturned", order: "o3" }],
  });
  expect(taking.entered?.reduce(evolveClaim, taken("140"))).toEqual({ ...taken("0"), status: "released" } as Claim);
  const part = takes("o3", { action: "exit", position: "o1" });
  expect(takeCapacity({ claimed: amount("150") }, claimed("0"), taken("140"), part)).toEqual({
    claim: [{ type: "CapacityTaken", ...part }],
  });
});

test("a position may be adjusted and left before its own order is known to be filled", () => {
  const adjusts = takes("o2", { action: "adjust", position: "o1" });
  const grown = takeCapacity({ claimed: amount("140") }, claimed("40"), claimed("100"), adjusts);
  const entered = grown.entered?.reduce(evolveClaim, claimed("100")) ?? none;
  expect(entered).toEqual(claimed("140"));
  const leaves = takes("o3", { action: "exit", position: "o1", closed: true });
  const left = takeCapacity({ claimed: amount("140") }, claimed("0"), entered, leaves);
  expect(left.capacity).toMatchObject([{ claimed: "0" }]);
  const over = left.entered?.reduce(evolveClaim, entered) ?? none;
  expect(evolveClaim(over, { type: "CapacityTaken", ...takes("o1") })).toEqual(over);
});
