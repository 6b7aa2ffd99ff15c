import {
  type AggregateStore,
  allOf,
  type Cause,
  type Clock,
  type DeriveId,
  transact,
  transactTogether,
} from "../../ports/mod.ts";
import { type Decision, type Instant, refuse, type UserId, type Viewer } from "../shared/mod.ts";
import { type Holding, type HoldingEvent, unlock } from "./holding.ts";
import { cancelOrder, type KnownOrder, type Order, type OrderEvent, suspendOrder } from "./order.ts";
import { liftSuspension, noteSuspension, type Suspension, type SuspensionEvent } from "./suspension.ts";
import type { Task, TaskEvent } from "./task.ts";
import { taskIdOf } from "./task_naming.ts";
import { orderView } from "./views.ts";
import { cancelTask, hasStarted } from "./working.ts";

type Dependencies = {
  readonly orders: AggregateStore<Order, OrderEvent>;
  readonly tasks: AggregateStore<Task, TaskEvent>;
  readonly holdings: AggregateStore<Holding, HoldingEvent>;
  readonly suspensions: AggregateStore<Suspension, SuspensionEvent>;
  readonly clock: Clock;
  readonly deriveId: DeriveId;
};

const unstarted = ["placed", "held", "in_progress"] as const;

/** How orders are taken back: by their users, or because their users are suspended. */
export function createCancelling({ orders, tasks, holdings, suspensions, clock, deriveId }: Dependencies) {
  /** An order, its task and its position: what ends one ends the others in the same commit. */
  function together<Refusal extends string>(
    id: string,
    { position = id }: KnownOrder,
    cause: Cause,
    decide: (order: Order, started: boolean) => Decision<OrderEvent, Refusal>,
  ) {
    const targets = {
      order: { store: orders, id },
      task: { store: tasks, id: taskIdOf(id, deriveId) },
      holding: { store: holdings, id: position },
    };
    return transactTogether(targets, cause, ({ order, task, holding }) => {
      const decided = decide(order.state, hasStarted(task.state));
      if (!decided.ok) return decided;
      const cancels = decided.events.some(({ type }) => type === "OrderCancelled");
      if (!cancels) return { ok: true, events: { order: decided.events } };
      const ended = cancelTask(task.state, "order-cancelled");
      const events = { order: decided.events, holding: unlock(holding.state, id) };
      return { ok: true, events: { ...events, task: ended.ok ? ended.events : [] } };
    });
  }

  return {
    /** Takes an order back, until its first transaction has been asked for: decided together with its task. */
    async cancel(id: string, { user }: Viewer, cause: Cause) {
      const { state } = await orders.load(id);
      if (state.status === "none" || state.user !== user) return refuse("order-not-found");
      const outcome = await together(id, state, cause, (order, started) =>
        cancelOrder(order, { reason: "cancelled-by-user", started, at: clock() }),
      );
      return outcome.ok ? ({ ok: true, view: orderView(id, outcome.order.state as KnownOrder) } as const) : outcome;
    },

    /**
     * Takes back what a user had ordered when they were suspended (`at`) and what has not started; the rest is finished. An
     * order of theirs that was on its way here at that moment is taken back before it opens a task.
     */
    async suspendUser(user: UserId, at: Instant, cause: Cause) {
      await transact(suspensions, user, cause, (suspension) => noteSuspension(suspension, at));
      const where = { user, status: unstarted };
      for await (const { id, state } of allOf((place) => orders.find({ where, limit: 50, ...place }))) {
        if (state.status === "none" || state.placedAt > at) continue;
        await together(id, state, cause, (order, started) => suspendOrder(order, started, clock()));
      }
      return { ok: true } as const;
    },

    liftSuspension: (user: UserId, cause: Cause) => transact(suspensions, user, cause, liftSuspension),
  };
}
