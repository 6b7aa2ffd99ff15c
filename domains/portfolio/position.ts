/**
 * A position: what a user has in a play, what it cost and what it brought. Its id is the id of the order that entered.
 *
 * @module
 */
import type { AggregateKind } from "../../ports/mod.ts";
import {
  type AssetId,
  accept,
  addDeltas,
  type Decision,
  type Delta,
  type Instant,
  negate,
  sameJson,
  type UserId,
} from "../shared/mod.ts";
import {
  type AssetAmount,
  type AssetDelta,
  amountsOf,
  type ByAsset,
  byAsset,
  deltasOf,
  nothing,
  ofAsset,
  plusAll,
} from "./_by_asset.ts";
import { applyFill, applyUndone, type Fill, type Filled, type Undoing } from "./fill.ts";

type Terms = {
  readonly user: UserId;
  readonly wallet: string;
  readonly play: string;
  readonly version: number;
  /** The play's asset: profit is counted in it. */
  readonly asset: AssetId;
};

export type OpenPosition = Terms & {
  readonly status: "open";
  readonly holdings: ByAsset;
  /** The cost basis of what it holds now. */
  readonly cost: ByAsset;
  /** All that was ever put in. */
  readonly invested: ByAsset;
  /** All that ever came out. */
  readonly proceeds: ByAsset;
  readonly realised: Delta;
  readonly openedAt: Instant;
};

export type ClosedPosition = Omit<OpenPosition, "status" | "holdings" | "cost"> & {
  readonly status: "closed";
  readonly closedAt: Instant;
};

export type Position = { readonly status: "absent" } | OpenPosition | ClosedPosition;

type Change = {
  readonly user: UserId;
  readonly play: string;
  readonly order: string;
  readonly outcome: "filled" | Undoing;
  readonly asset: AssetId;
  /** What this order put in and brought out, and the profit that it realised in the play's asset. */
  readonly invested: readonly AssetAmount[];
  readonly proceeds: readonly AssetDelta[];
  readonly profit: Delta;
  readonly at: Instant;
};

export type PositionEvent =
  | (Terms & {
      readonly type: "PositionOpened";
      readonly holdings: readonly AssetAmount[];
      readonly cost: readonly AssetAmount[];
      readonly at: Instant;
    })
  | (Change & {
      readonly type: "PositionChanged";
      readonly action: Fill["action"];
      readonly holdings: readonly AssetAmount[];
      readonly cost: readonly AssetAmount[];
    })
  | (Change & { readonly type: "PositionClosed" })
  /** An order came to nothing, and left the position as it was. */
  | { readonly type: "PositionKept"; readonly user: UserId; readonly order: string; readonly at: Instant };

/** An order that was filled: the net effects of all its steps, without network fees. */
export type FilledOrder = Terms & Fill & { readonly order: string; readonly at: Instant };

/** An order that came to nothing, after it had worked on the position. */
export type UndoneOrder = Fill & { readonly order: string; readonly how: Undoing; readonly at: Instant };

/** Takes over what an order made of the position; the first one opens it. */
export function fillOrder(position: Position, filled: FilledOrder): Decision<PositionEvent, never> {
  const { user, wallet, play, version, asset, order, action, at } = filled;
  const before = position.status === "open" ? position : { holdings: nothing, cost: nothing };
  // What moves after the close was never part of a holding here: it all counts as proceeds.
  const fill = position.status === "closed" ? { ...filled, action: "exit" as const } : filled;
  const applied = applyFill(before, fill);
  if (position.status === "absent") {
    const terms = { user, wallet, play, version, asset };
    return accept<PositionEvent>({ type: "PositionOpened", ...terms, ...had(applied), at });
  }
  return accept(changedBy(position, { order, action, closed: filled.closed, at }, "filled", applied));
}

/** Takes over what is left of the position once an order on it came to nothing. */
export function undoOrder(position: Position, undone: UndoneOrder): Decision<PositionEvent, never> {
  if (position.status === "absent") return accept();
  const before = position.status === "open" ? position : { holdings: nothing, cost: nothing };
  const applied = applyUndone(before, undone, undone.how);
  const { order, how, at } = undone;
  const isKept = sameJson([before.holdings, before.cost, nothing], [applied.holdings, applied.cost, applied.proceeds]);
  if (isKept && !undone.closed) {
    return accept<PositionEvent>({ type: "PositionKept", user: position.user, order, at });
  }
  return accept(changedBy(position, undone, how, applied));
}

function changedBy(
  { status, user, play, asset }: OpenPosition | ClosedPosition,
  { order, action, closed, at }: Pick<UndoneOrder, "order" | "action" | "closed" | "at">,
  outcome: Change["outcome"],
  applied: Filled,
): PositionEvent {
  const { invested, proceeds, left } = applied;
  const profit = addDeltas(ofAsset(proceeds, asset), negate(ofAsset(left, asset)));
  const brought = { invested: amountsOf(invested), proceeds: deltasOf(proceeds), profit };
  const change = { user, play, order, outcome, asset, ...brought, at };
  if (closed && status === "open") return { type: "PositionClosed", ...change };
  return { type: "PositionChanged", action, ...change, ...had(applied) };
}

function had({ holdings, cost }: Filled) {
  return { holdings: amountsOf(holdings), cost: amountsOf(cost) };
}

/** Replays a recorded fact. */
export function evolve(position: Position, event: PositionEvent): Position {
  switch (event.type) {
    case "PositionOpened": {
      const { type: _, holdings, cost, at, ...terms } = event;
      const had = { holdings: byAsset(holdings), cost: byAsset(cost), invested: byAsset(cost) };
      return { ...terms, status: "open", ...had, proceeds: nothing, realised: "0" as Delta, openedAt: at };
    }
    case "PositionChanged":
      if (position.status === "absent") return position;
      if (position.status === "closed") return { ...position, ...sumsAfter(position, event) };
      return {
        ...position,
        ...sumsAfter(position, event),
        holdings: byAsset(event.holdings),
        cost: byAsset(event.cost),
      };
    case "PositionClosed": {
      if (position.status !== "open") return position;
      const { holdings: _, cost: __, ...rest } = position;
      return { ...rest, ...sumsAfter(position, event), status: "closed", closedAt: event.at };
    }
    case "PositionKept":
      return position;
  }
}

function sumsAfter({ invested, proceeds, realised }: OpenPosition | ClosedPosition, change: Change) {
  return {
    invested: plusAll(invested, deltasOf(byAsset(change.invested))),
    proceeds: plusAll(proceeds, change.proceeds),
    realised: addDeltas(realised, change.profit),
  };
}

export const positionKind: AggregateKind<Position, PositionEvent> = {
  name: "position",
  initial: { status: "absent" },
  evolve,
  upcasters: [],
  indexes: [["user"], ["user", "status"]],
};
