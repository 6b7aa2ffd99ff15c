import {
  type AggregateStore,
  type Cause,
  type Clock,
  type DeriveId,
  NotYetKnown,
  transact,
  transactTogether,
} from "../../ports/mod.ts";
import type { Decision } from "../shared/mod.ts";
import { type AssetAmount, holdingsAfter, holdingsUndone, type NetEffect, tokensOf } from "./effects.ts";
import { type Holding, type HoldingEvent, unlock } from "./holding.ts";
import { type OfferedVersion, type OfferedVersionEvent, offeredVersionId } from "./offer.ts";
import {
  compensateOrder,
  endCompensation,
  fillOrder,
  holdOrder,
  isUnderWay,
  type KnownOrder,
  type Order,
  type OrderEvent,
  refuseOrder,
  resolveOrder,
  type Stuck,
  startOrder,
  stickOrder,
  suspendOrder,
} from "./order.ts";
import type { Suspension, SuspensionEvent } from "./suspension.ts";
import { everything, type OrderScope, type Task, type TaskEvent } from "./task.ts";
import { namingOf, openingOf, taskIdOf } from "./task_naming.ts";
import { openTask } from "./working.ts";

export type SagaDependencies = {
  readonly orders: AggregateStore<Order, OrderEvent>;
  readonly tasks: AggregateStore<Task, TaskEvent>;
  readonly holdings: AggregateStore<Holding, HoldingEvent>;
  readonly versions: AggregateStore<OfferedVersion, OfferedVersionEvent>;
  readonly suspensions: AggregateStore<Suspension, SuspensionEvent>;
  readonly clock: Clock;
  readonly deriveId: DeriveId;
};

/** How an order comes from its hold to its end. An order and the position that it works on change together. */
export function createOrderSaga(dependencies: SagaDependencies) {
  const { orders, tasks, holdings, versions, suspensions, clock, deriveId } = dependencies;

  /** The order and, where it has one, its position; `decide` answers what the order records. */
  async function conclude(
    id: string,
    cause: Cause,
    decide: (order: Order, holding: Holding) => Decision<OrderEvent, never>,
    onHolding: (order: KnownOrder, holding: Holding, events: readonly OrderEvent[]) => readonly HoldingEvent[],
  ) {
    const { state } = await orders.load(id);
    const position = (state.status !== "none" && state.position) || id;
    const targets = { order: { store: orders, id }, holding: { store: holdings, id: position } };
    return transactTogether(targets, cause, ({ order, holding }) => {
      const events = recordedBy(decide(order.state, holding.state));
      const concerned = order.state.status === "none" ? [] : onHolding(order.state, holding.state, events);
      return { ok: true, events: { order: events, holding: concerned } };
    });
  }

  /** Who is suspended starts nothing new; what someone else signed for on their behalf goes on. */
  async function startsWhileSuspended({ user, placedBy }: KnownOrder): Promise<boolean> {
    return placedBy === user && (await suspensions.load(user)).state.status === "suspended";
  }

  /** An order that ended lets go of its position. */
  const letGo =
    (id: string, effects: (order: KnownOrder) => readonly NetEffect[] = () => []) =>
    (order: KnownOrder, holding: Holding, events: readonly OrderEvent[]): readonly HoldingEvent[] =>
      events.some(({ type }) => type !== "OrderNoted") ? releasing(id, order, holding, effects(order)) : [];

  return {
    refuse: (id: string, reason: string, detail: string | undefined, cause: Cause) =>
      conclude(id, cause, (order) => refuseOrder(order, reason, detail, clock()), letGo(id)),

    /** The funds are held: the order's task opens in the same commit, unless its user is suspended by now. */
    async hold(id: string, cause: Cause) {
      const { state } = await orders.load(id);
      if (state.status === "placed" && (await startsWhileSuspended(state))) {
        return conclude(id, cause, (order) => suspendOrder(order, false, clock()), letGo(id));
      }
      const offered =
        state.status === "none" ? undefined : (await versions.load(offeredVersionId(state.play, state.version))).state;
      const holding = state.status === "none" ? undefined : (await holdings.load(state.position ?? id)).state;
      const task = taskIdOf(id, deriveId);
      const targets = { order: { store: orders, id }, task: { store: tasks, id: task } };
      return transactTogether(targets, cause, (all) => {
        const at = clock();
        const held = holdOrder(all.order.state, task, at);
        const events = recordedBy(held);
        if (all.order.state.status !== "placed") return { ok: true, events: { order: events } };
        if (offered?.status !== "published") {
          throw new NotYetKnown(`Cannot open the task of order "${id}": the terms of its play are not known`);
        }
        const opened = openTask(
          all.task.state,
          openingOf(scopeOf(id, all.order.state, holding), offered.terms, all.order.state.action, at),
          namingOf(task, deriveId),
        );
        return { ok: true, events: { order: events, task: recordedBy(opened) } };
      });
    },

    start: (id: string, cause: Cause) => transact(orders, id, cause, (order) => startOrder(order, clock())),

    /** The task is done: the order is filled, and the position is what its steps made of it. */
    fill(id: string, effects: readonly NetEffect[], cause: Cause) {
      return conclude(
        id,
        cause,
        (order, holding) => {
          const left = order.status === "none" ? [] : assetsAfter(order, holding, effects);
          const closed = order.status !== "none" && order.action === "exit" && left.length === 0;
          return fillOrder(order, { id, effects, closed, at: clock() });
        },
        (order, holding, events) =>
          events.flatMap((event) =>
            event.type === "OrderFilled"
              ? [holdingEvent(id, order, assetsAfter(order, holding, effects), event.closed)]
              : [],
          ),
      );
    },

    compensate: (id: string, reason: string, cause: Cause) =>
      transact(orders, id, cause, (order) => compensateOrder(order, reason, clock())),

    endCompensation: (id: string, reason: string, effects: readonly NetEffect[], cause: Cause) =>
      conclude(
        id,
        cause,
        (order, holding) => {
          const closed = leftBy(id, order, holding, effects)?.closed ?? false;
          return endCompensation(order, reason, { effects, closed }, clock());
        },
        letGo(id, () => effects),
      ),

    stick: (id: string, stuck: Stuck, cause: Cause) =>
      transact(orders, id, cause, (order) => stickOrder(order, stuck, clock())),

    resolve: (id: string, incident: string, resolution: string, cause: Cause) =>
      conclude(
        id,
        cause,
        (order, holding) => {
          if (isUnderWay(order)) throw new NotYetKnown(`Cannot end order "${id}": its incident is not known`);
          const closed = leftBy(id, order, holding, effectsOf(order))?.closed ?? false;
          return resolveOrder(order, { incident, resolution, closed }, clock());
        },
        letGo(id, effectsOf),
      ),
  };
}

/** What a decision that never refuses records. */
function recordedBy<Event>(decision: Decision<Event, never>): readonly Event[] {
  return decision.ok ? decision.events : [];
}

function scopeOf(id: string, order: KnownOrder, holding: Holding | undefined): OrderScope {
  const { user, wallet, play, version, digest, network, amount, parameters } = order;
  const known = holding && holding.status !== "none" && order.action !== "enter" ? holding : undefined;
  const assets = known?.assets ?? [];
  const position = { assets, tokens: tokensOf(assets) };
  return {
    id,
    user,
    wallet,
    play,
    version,
    digest,
    network,
    amount: amount === "all" ? everything : amount,
    parameters,
    position,
  };
}

function assetsAfter({ action, asset }: KnownOrder, holding: Holding, effects: readonly NetEffect[]) {
  return holdingsAfter(holding.status === "none" ? [] : holding.assets, { action, asset, effects });
}

function effectsOf(order: Order): readonly NetEffect[] {
  return order.status === "none" ? [] : (order.effects ?? []);
}

/** What an order that came to nothing leaves of its position; undefined where it has none, or did nothing to it. */
function leftBy(id: string, order: Order, holding: Holding, effects: readonly NetEffect[]) {
  if (order.status === "none" || holding.status === "none" || holding.lock !== id || effects.length === 0) {
    return undefined;
  }
  const { action, asset } = order;
  const assets = holdingsUndone(holding.assets, { action, asset, effects });
  return { assets, closed: action === "exit" && assets.length === 0 };
}

/** The position that an order let go of. */
function releasing(
  id: string,
  order: KnownOrder,
  holding: Holding,
  effects: readonly NetEffect[],
): readonly HoldingEvent[] {
  const left = leftBy(id, order, holding, effects);
  return left ? [{ type: "HoldingChanged", order: id, ...left }] : unlock(holding, id);
}

function holdingEvent(id: string, order: KnownOrder, assets: readonly AssetAmount[], closed: boolean): HoldingEvent {
  const { user, wallet, play, version, action } = order;
  return action === "enter"
    ? { type: "HoldingOpened", user, wallet, play, version, assets }
    : { type: "HoldingChanged", order: id, assets, closed };
}
