/**
 * A play's capacity, and the orders' claims on it. The total is one aggregate a play, each order's claim is its own.
 *
 * @module
 */
import type { AggregateKind } from "../../ports/mod.ts";
import {
  type Amount,
  type AssetId,
  addAmounts,
  addDeltas,
  compareAmounts,
  type Delta,
  type Instant,
  largestAmount,
  leastAmount,
  type NetworkId,
  negate,
  subtractAmounts,
  type UserId,
  zero,
} from "../shared/mod.ts";
import type { Action } from "./definition.ts";
import type { Play } from "./play.ts";
import type { PlayVersion } from "./version.ts";

/** What an order asks of a play. */
export type OrderTerms = {
  readonly order: string;
  readonly user: UserId;
  readonly play: string;
  readonly version: number;
  readonly digest: string;
  readonly wallet: string;
  readonly action: Action;
  /** Zero for an exit: it takes no capacity. */
  readonly amount: Amount;
  readonly asset: AssetId;
  readonly network: NetworkId;
  readonly parameters: { readonly [name: string]: unknown };
  readonly position?: string;
};

export type Capacity = { readonly claimed: Amount };
export type CapacityEvent = {
  readonly type: "CapacityChanged";
  readonly order: string;
  readonly delta: Delta;
  readonly claimed: Amount;
};

type Standing = {
  readonly play: string;
  readonly user: UserId;
  readonly wallet: string;
  /** What it takes of the play's capacity now. */
  readonly amount: Amount;
};

export type Claim =
  | { readonly status: "none" }
  | { readonly status: "refused"; readonly reason: string }
  | ({ readonly status: "claimed" | "taken" | "released" } & Standing);

export type ClaimRefusal =
  | "play-not-found"
  | "play-closed"
  | "version-not-offered"
  | "amount-out-of-limits"
  | "capacity-exhausted";

type Released = { readonly order: string; readonly user: UserId; readonly wallet: string; readonly reason: string };
type Ending = { readonly order: string; readonly reason: string };
export type Taken = {
  readonly order: string;
  readonly user: UserId;
  readonly wallet: string;
  readonly action: Action;
  readonly position: string;
  readonly closed: boolean;
};

export type ClaimEvent =
  | ({ readonly type: "CapacityClaimed" } & OrderTerms)
  | {
      readonly type: "CapacityRefused";
      readonly order: string;
      readonly user: UserId;
      readonly play: string;
      readonly reason: ClaimRefusal;
    }
  | ({ readonly type: "CapacityTaken" } & Taken)
  | ({ readonly type: "CapacityReleased" } & Released)
  /** The order ended, and had nothing to give back. */
  | ({ readonly type: "ReleaseNoted" } & Ending)
  /** What an adjustment took is the position's from now on: it stands in the claim of the order that opened it. */
  | { readonly type: "CapacityGrown"; readonly order: string; readonly amount: Amount }
  /** The position is closed: its capacity is the play's again. */
  | { readonly type: "CapacityReturned"; readonly order: string };

/** What one command records of the play's capacity and of claims. */
export type Claiming = {
  readonly capacity?: readonly CapacityEvent[];
  readonly claim: readonly ClaimEvent[];
  readonly entered?: readonly ClaimEvent[];
};

type Offered = { readonly play: Play; readonly version: PlayVersion; readonly at: Instant };

/** Claims capacity, or says why there is none. An exit is never refused for the play's state. */
export function claimCapacity({ claimed }: Capacity, claim: Claim, terms: OrderTerms, offered: Offered): Claiming {
  const { order, user, play } = terms;
  if (claim.status !== "none") return again(claim, terms);
  const refusal = refusalOf(claimed, terms, offered);
  if (refusal) return { claim: [{ type: "CapacityRefused", order, user, play, reason: refusal }] };
  return { capacity: changed(order, claimed, terms.amount), claim: [{ type: "CapacityClaimed", ...terms }] };
}

/** An order is placed once; told twice under another key it is recorded as what it led to. */
function again(claim: Claim, { order, user, play }: OrderTerms): Claiming {
  if (claim.status === "refused") {
    return { claim: [{ type: "CapacityRefused", order, user, play, reason: claim.reason as ClaimRefusal }] };
  }
  return { claim: [{ type: "ReleaseNoted", order, reason: "placed-twice" }] };
}

function refusalOf(claimed: Amount, terms: OrderTerms, { play, version, at }: Offered): ClaimRefusal | undefined {
  if (play.status === "absent" || play.status === "draft" || version.status === "absent") return "play-not-found";
  const { definition } = version;
  if (version.digest !== terms.digest) return "version-not-offered";
  if (terms.action === "exit") return undefined;
  if (play.status !== "published" || !isAvailable(definition.availability, at)) return "play-closed";
  if (terms.action === "enter" && play.latest?.version !== terms.version) return "version-not-offered";
  const below = terms.action === "enter" && compareAmounts(terms.amount, definition.minimum) < 0;
  if (below || compareAmounts(terms.amount, definition.maximum) > 0) return "amount-out-of-limits";
  return hasRoom(definition, claimed, terms.amount) ? undefined : "capacity-exhausted";
}

/** Whether so much more may be claimed. Without a capacity, as much as an amount can count. */
export function hasRoom(
  { capacity = largestAmount }: { readonly capacity?: Amount },
  claimed: Amount,
  more: Amount,
): boolean {
  return BigInt(claimed) + BigInt(more) <= BigInt(capacity);
}

/** Whether orders are taken at this moment. */
export function isAvailable(
  window: { readonly from?: string; readonly until?: string } | undefined,
  at: Instant,
): boolean {
  return (window?.from === undefined || window.from <= at) && (window?.until === undefined || at < window.until);
}

/** The order is filled: what it claimed is the position's; a closed position gives all back. */
export function takeCapacity({ claimed }: Capacity, claim: Claim, entered: Claim, taken: Taken): Claiming {
  const { order, action, closed } = taken;
  const took = { type: "CapacityTaken", ...taken } as const;
  const own = claim.status === "claimed" ? claim.amount : zero;
  if (action === "enter") return { claim: [took] };
  const stood = isStanding(entered) ? entered.amount : zero;
  if (closed) {
    return {
      capacity: returned(order, claimed, addAmounts(stood, own)),
      claim: [took],
      entered: [{ type: "CapacityReturned", order }],
    };
  }
  if (own === zero) return { claim: [took] };
  // Without a position that it could stand with, it is the play's again.
  if (!isStanding(entered)) return { capacity: returned(order, claimed, own), claim: [took] };
  return { claim: [took], entered: [{ type: "CapacityGrown", order, amount: own }] };
}

/** Events of different orders come in any order: a position may be adjusted or left before its own order is known to be filled. */
function isStanding(claim: Claim): claim is Extract<Claim, Standing> {
  return claim.status === "claimed" || claim.status === "taken";
}

/**
 * The order came to nothing: what it claimed is free again. `emptied` is the claim of the position that it left with nothing,
 * which gives all back too.
 */
export function releaseCapacity({ claimed }: Capacity, claim: Claim, ending: Ending, emptied?: Claim): Claiming {
  if (claim.status !== "claimed") return { claim: [{ type: "ReleaseNoted", ...ending }] };
  const { user, wallet, amount: own } = claim;
  const stood = emptied && isStanding(emptied) ? emptied.amount : zero;
  return {
    capacity: returned(ending.order, claimed, addAmounts(own, stood)),
    claim: [{ type: "CapacityReleased", ...ending, user, wallet }],
    ...(emptied && { entered: [{ type: "CapacityReturned", order: ending.order }] }),
  };
}

function changed(order: string, claimed: Amount, by: Amount): readonly CapacityEvent[] {
  if (by === zero) return [];
  return [{ type: "CapacityChanged", order, delta: addDeltas(by), claimed: addAmounts(claimed, by) }];
}

function returned(order: string, claimed: Amount, by: Amount): readonly CapacityEvent[] {
  const back = leastAmount(by, claimed);
  if (back === zero) return [];
  return [{ type: "CapacityChanged", order, delta: negate(back), claimed: subtractAmounts(claimed, back) }];
}

export function evolveCapacity(_capacity: Capacity, { claimed }: CapacityEvent): Capacity {
  return { claimed };
}

/** Replays a recorded fact. */
export function evolveClaim(claim: Claim, event: ClaimEvent): Claim {
  switch (event.type) {
    case "CapacityClaimed": {
      const { play, user, wallet, amount } = event;
      return { status: "claimed", play, user, wallet, amount };
    }
    case "CapacityRefused":
      return { status: "refused", reason: event.reason };
    case "CapacityTaken":
      return claim.status === "claimed" ? { ...claim, status: "taken", ...leftTo(claim, event.action) } : claim;
    case "CapacityReleased":
      return claim.status === "claimed" ? { ...claim, status: "released", amount: zero } : claim;
    case "ReleaseNoted":
      return claim;
    case "CapacityGrown":
      return isStanding(claim) ? { ...claim, amount: addAmounts(claim.amount, event.amount) } : claim;
    case "CapacityReturned":
      return isStanding(claim) ? { ...claim, status: "released", amount: zero } : claim;
  }
}

/** Only the order that opened a position keeps what it took: the others' stands there too. */
function leftTo(claim: Standing, action: Action): { readonly amount: Amount } {
  return { amount: action === "enter" ? claim.amount : zero };
}

export const capacityKind: AggregateKind<Capacity, CapacityEvent> = {
  name: "capacity",
  initial: { claimed: zero },
  evolve: evolveCapacity,
  upcasters: [],
  indexes: [],
};

export const claimKind: AggregateKind<Claim, ClaimEvent> = {
  name: "claim",
  initial: { status: "none" },
  evolve: evolveClaim,
  upcasters: [],
  indexes: [],
};
