/**
 * What left, or is about to, in rolling windows: of one asset, for a wallet, a user or the platform. Time is counted in
 * buckets, each of them wholly until all of it is out of the window: never less is counted than left, and the state is bounded.
 *
 * @module
 */
import type { AggregateKind } from "../../ports/mod.ts";
import {
  type Amount,
  cappedAmount,
  type Instant,
  subtractAmounts,
  type UserId,
  unixTime,
  zero,
} from "../shared/mod.ts";
import { type Policy, type Volume, type VolumeWindow, volumeWindows } from "./policy_rules.ts";

/** Amounts by the second in which their bucket begins. */
type Buckets = { readonly [start: string]: Amount };
export type Volumes = { readonly [Window in VolumeWindow]?: Buckets };

type Reserving = { readonly transfer: string; readonly amount: Amount; readonly at: Instant };
export type VolumeEvent =
  | ({ readonly type: "VolumeReserved" } & Reserving)
  /** The transfer moved nothing; `at` is when it was reserved. */
  | ({ readonly type: "VolumeReleased" } & Reserving);

/** What a transfer reserved: given back where it ends without having moved money. */
export type Reserved = { readonly volume: string; readonly amount: Amount; readonly at: Instant };

/** Seconds of a window and of its buckets. */
const lengths: Record<VolumeWindow, { readonly span: number; readonly bucket: number }> = {
  PT1H: { span: 3_600, bucket: 300 },
  P1D: { span: 86_400, bucket: 3_600 },
  P7D: { span: 604_800, bucket: 21_600 },
  P30D: { span: 2_592_000, bucket: 86_400 },
};

/** Whose transfers they are that count. */
export type Subject = { readonly wallet: string; readonly user: UserId };

/** The id of the aggregate that counts an asset for a wallet, a user, or the platform. */
export function volumeId({ of, asset }: Pick<Volume, "of" | "asset">, { wallet, user }: Subject): string {
  return `${of}:${{ wallet, user, platform: "platform" }[of]}:${asset}`;
}

/** The volumes that a policy limits. */
export function limitsOf({ rules }: Policy) {
  return rules.flatMap(({ when }) => when.volumes ?? []);
}

/** What counts of them at a moment; `own` is what the transfer that is judged has itself among them. */
export function volumesAt(
  policy: Policy,
  subject: Subject,
  states: ReadonlyMap<string, Volumes>,
  at: Instant,
  own: readonly Reserved[] = [],
): readonly Volume[] {
  return limitsOf(policy).map(({ of, asset, window }) => {
    const id = volumeId({ of, asset }, subject);
    const counted = countedIn(states.get(id) ?? {}, window, at);
    const mine = own.find(({ volume }) => volume === id);
    return { of, asset, window, amount: mine ? subtractAmounts(counted, mine.amount) : counted };
  });
}

/** What counts in a window at a moment. */
export function countedIn(volumes: Volumes, window: VolumeWindow, at: Instant): Amount {
  const now = Number(unixTime(at));
  const inside = Object.entries(volumes[window] ?? {}).filter(([start]) => reaches(window, Number(start), now));
  return sumOf(inside.map(([, each]) => each));
}

/** Replays a recorded fact. */
export function evolve(volumes: Volumes, { type, amount, at }: VolumeEvent): Volumes {
  const now = Number(unixTime(at));
  return Object.fromEntries(
    volumeWindows.map((window) => {
      const { bucket } = lengths[window];
      const start = `${now - (now % bucket)}`;
      const buckets = volumes[window] ?? {};
      const before = buckets[start] ?? zero;
      const after = type === "VolumeReserved" ? sumOf([before, amount]) : subtractAmounts(before, amount);
      return [window, recent(window, { ...buckets, [start]: after }, now)];
    }),
  );
}

/** Without what no longer counts. */
function recent(window: VolumeWindow, buckets: Buckets, now: number): Buckets {
  const kept = Object.entries(buckets).filter(([start, each]) => each !== zero && reaches(window, Number(start), now));
  return Object.fromEntries(kept);
}

function reaches(window: VolumeWindow, start: number, now: number): boolean {
  const { span, bucket } = lengths[window];
  return start + bucket > now - span;
}

function sumOf(amounts: readonly Amount[]): Amount {
  return cappedAmount(amounts.reduce((sum, each) => sum + BigInt(each), 0n));
}

export const volumeKind: AggregateKind<Volumes, VolumeEvent> = {
  name: "volume",
  initial: {},
  evolve,
  upcasters: [],
  indexes: [],
};
