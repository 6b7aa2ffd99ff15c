/**
 * Where a wallet's owner wants to send to: a list, on which a new account counts only after a delay, in which its owner, who is
 * told at once, can take it back.
 *
 * @module
 */
import type { AggregateKind } from "../../ports/mod.ts";
import { type AccountId, accept, type Decision, type Instant, refuse, type UserId } from "../shared/mod.ts";

export type Destination = {
  readonly account: AccountId;
  readonly label: string;
  readonly at: Instant;
  /** It counts from then on. */
  readonly activeFrom: Instant;
};
export type Destinations = { readonly entries: { readonly [id: string]: Destination } };

export type DestinationsEvent =
  | ({ readonly type: "DestinationAdded"; readonly user: UserId; readonly destination: string } & Destination)
  | {
      readonly type: "DestinationRemoved";
      readonly user: UserId;
      readonly destination: string;
      readonly account: AccountId;
    };

const most = 200;

export type AddDestination = { readonly user: UserId; readonly destination: string } & Destination;

/** Adds an account. One that is there stays as it is: it does not wait anew. */
export function addDestination(
  { entries }: Destinations,
  command: AddDestination,
): Decision<DestinationsEvent, "destinations-full"> {
  const all = Object.values(entries);
  if (all.some(({ account }) => account === command.account)) return accept();
  return all.length < most
    ? accept<DestinationsEvent>({ type: "DestinationAdded", ...command })
    : refuse("destinations-full");
}

/** Takes one away: at once. */
export function removeDestination(
  { entries }: Destinations,
  { user, destination }: { readonly user: UserId; readonly destination: string },
): Decision<DestinationsEvent, "destination-not-found"> {
  const found = entries[destination];
  if (!found) return refuse("destination-not-found");
  return accept<DestinationsEvent>({ type: "DestinationRemoved", user, destination, account: found.account });
}

/** Whether an account is on the list, and of age. */
export function isListed({ entries }: Destinations, account: string, now: Instant): boolean {
  return Object.values(entries).some((each) => each.account === account && each.activeFrom <= now);
}

/** Replays a recorded fact. */
export function evolve({ entries }: Destinations, event: DestinationsEvent): Destinations {
  const { [event.destination]: _, ...others } = entries;
  if (event.type === "DestinationRemoved") return { entries: others };
  const { account, label, at, activeFrom } = event;
  return { entries: { ...others, [event.destination]: { account, label, at, activeFrom } } };
}

/** Its id is the wallet's. */
export const destinationsKind: AggregateKind<Destinations, DestinationsEvent> = {
  name: "destinations",
  initial: { entries: {} },
  evolve,
  upcasters: [],
  indexes: [],
};
