/**
 * Something that arrived at a wallet's account from outside: seen in a block, confirmed by the next, final, or taken back.
 *
 * @module
 */
import type { AggregateKind } from "../../ports/mod.ts";
import {
  type AccountId,
  type Amount,
  type AssetId,
  accept,
  type Decision,
  type Instant,
  type NetworkId,
  type UserId,
} from "../shared/mod.ts";

/** A block by number and hash. */
export type BlockRef = { readonly number: number; readonly hash: string };

export type DepositFacts = {
  readonly user: UserId;
  readonly wallet: string;
  readonly account: AccountId;
  readonly network: NetworkId;
  readonly asset: AssetId;
  readonly amount: Amount;
  /** The transaction's. */
  readonly hash: string;
  readonly block: BlockRef;
  /** The block's time. */
  readonly at: Instant;
};

export type SeenDeposit = DepositFacts & { readonly status: "detected" | "confirmed" | "final" | "reverted" };

export type Deposit = { readonly status: "absent" } | SeenDeposit;

export type DepositEvent =
  | ({ readonly type: "DepositDetected" } & DepositFacts)
  | ({ readonly type: "DepositConfirmed" } & DepositFacts)
  | ({ readonly type: "DepositFinal" } & DepositFacts)
  | ({ readonly type: "DepositReverted"; readonly reason: string } & DepositFacts);

/** Seen in a block; or in another one, after a reorg. */
export function detectDeposit(deposit: Deposit, seen: DepositFacts): Decision<DepositEvent, never> {
  const known = deposit.status !== "absent" && deposit.status !== "reverted";
  if (known && (deposit.status === "final" || deposit.block.hash === seen.block.hash)) return accept();
  return accept<DepositEvent>({ type: "DepositDetected", ...seen });
}

/** Blocks stand on top. */
export function confirmDeposit(deposit: Deposit): Decision<DepositEvent, never> {
  if (deposit.status !== "detected") return accept();
  return accept<DepositEvent>({ type: "DepositConfirmed", ...factsOf(deposit) });
}

/** Its block can't go any more. */
export function finaliseDeposit(deposit: Deposit): Decision<DepositEvent, never> {
  if (deposit.status !== "detected" && deposit.status !== "confirmed") return accept();
  return accept<DepositEvent>({ type: "DepositFinal", ...factsOf(deposit) });
}

/** Its block is not in the chain any more. */
export function revertDeposit(deposit: Deposit, reason: string): Decision<DepositEvent, never> {
  if (deposit.status === "absent" || deposit.status === "reverted") return accept();
  return accept<DepositEvent>({ type: "DepositReverted", ...factsOf(deposit), reason });
}

function factsOf({ user, wallet, account, network, asset, amount, hash, block, at }: DepositFacts): DepositFacts {
  return { user, wallet, account, network, asset, amount, hash, block, at };
}

const statuses = {
  DepositDetected: "detected",
  DepositConfirmed: "confirmed",
  DepositFinal: "final",
  DepositReverted: "reverted",
} as const;

/** Replays a recorded fact. */
export function evolve(_deposit: Deposit, event: DepositEvent): Deposit {
  return { status: statuses[event.type], ...factsOf(event) };
}

export const depositKind: AggregateKind<Deposit, DepositEvent> = {
  name: "deposit",
  initial: { status: "absent" },
  evolve,
  upcasters: [],
  indexes: [
    ["network", "status"],
    ["network", "block.hash"],
    ["wallet", "status"],
    ["wallet", "at"],
    ["wallet", "status", "at"],
  ],
};
