/**
 * When a crash campaign ends the platform: once inside every transition of the saga, then by chance.
 *
 * @module
 */

/** Where a process dies: its event is committed and no one told; on the bus; being handed over; reacted to, and not noted. */
export type Point = "committed" | "published" | "delivered" | "reacted";

export type Kill = {
  /** `kind/Type` of the event. */
  readonly event: string;
  readonly point: Point;
  /** How many such events pass before it. */
  readonly after: number;
};

export type Random = () => number;

/** mulberry32: the same numbers for the same seed. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The transitions that only an order has which is undone. */
const failing: readonly string[] = [
  ...["task/StepFailed", "task/TaskCompensating", "order/OrderCompensating", "task/StepCompensated"],
  ...["task/TaskCompensated", "order/OrderCompensated", "claim/CapacityReleased"],
];

/** Every transition of an order that is filled, and of one that is undone. */
const transitions = [
  ...["order/OrderPlaced", "claim/CapacityClaimed", "wallet/FundsHeld", "task/TaskOpened", "order/OrderHeld"],
  ...["task/TaskClaimed", "order/OrderStarted", "task/StepCompleted", "task/StepApproved", "task/TransferAsked"],
  ...["transfer/TransferRequested", "transfer/TransferSigned", "transfer/TransferSubmitted"],
  ...["transfer/TransferIncluded", "transfer/TransferSettled", "wallet/EffectsApplied", "ledger/EntryPosted"],
  ...["task/StepSucceeded", "task/TaskCompleted", "order/OrderFilled", "claim/CapacityTaken"],
  ...["wallet/HoldReleased", "position/PositionOpened"],
  ...failing,
];

/** Kinds that no service subscribes to: their events are published, and that is all. */
const unheard = ["ledger", "position"];

/** So many kills, in an order of chance: every transition once before any comes twice; after `latest` of its events at most. */
export function planKills(count: number, latest: number, random: Random): readonly Kill[] {
  const kills: Kill[] = [];
  while (kills.length < count) {
    const round = shuffled(transitions, random).slice(0, count - kills.length);
    kills.push(
      ...round.map((event) => ({ event, point: pointFor(event, random), after: Math.floor(random() * (latest + 1)) })),
    );
  }
  return kills;
}

/** How many new orders it takes, that fail or do not, to come to this moment whatever became of the others. */
export function ordersFor({ event, after }: Kill, fails: boolean): number {
  return failing.includes(event) === fails ? after + 1 : 0;
}

function pointFor(event: string, random: Random): Point {
  const heard = !unheard.some((kind) => event.startsWith(`${kind}/`));
  const points: readonly Point[] = ["committed", "published", ...(heard ? (["delivered", "reacted"] as const) : [])];
  return pick(points, random);
}

export function pick<T>(all: readonly T[], random: Random): T {
  return all[Math.floor(random() * all.length)] as T;
}

export function shuffled<T>(all: readonly T[], random: Random): T[] {
  const keyed = all.map((each) => ({ each, key: random() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ each }) => each);
}
