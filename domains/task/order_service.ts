import { type Cause, type Page, present, transactTogether } from "../../ports/mod.ts";
import { mayView, refuse, type UserId, type Viewer } from "../shared/mod.ts";
import { unlock } from "./holding.ts";
import { createLearning } from "./learning.ts";
import { cancelOrder, type KnownOrder, type OrderStatus } from "./order.ts";
import { createOrderSaga, type SagaDependencies } from "./order_saga.ts";
import { createPlacing, type PlacingDependencies } from "./placing.ts";
import { taskIdOf } from "./task_naming.ts";
import { type OrderView, orderView } from "./views.ts";
import { cancelTask, hasStarted } from "./working.ts";

export type OrderService = ReturnType<typeof createOrderService>;
export type OrderDependencies = PlacingDependencies & SagaDependencies;

type Listing = {
  readonly status?: OrderStatus | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
};

/** The commands and questions about orders, and what becomes of them. */
export function createOrderService(dependencies: OrderDependencies) {
  const { orders, tasks, holdings, clock, deriveId } = dependencies;

  async function found(id: string, viewer: Viewer) {
    const { state } = await orders.load(id);
    return state.status !== "none" && mayView(viewer, state.user) ? state : undefined;
  }

  return {
    ...createPlacing(dependencies),
    ...createOrderSaga(dependencies),
    ...createLearning(dependencies),

    async get(id: string, viewer: Viewer) {
      const state = await found(id, viewer);
      return state ? ({ ok: true, view: orderView(id, state) } as const) : refuse("order-not-found");
    },

    /** A user's, newest first. */
    async list(user: UserId, { status, after, limit }: Listing): Promise<Page<OrderView>> {
      const where = present({ user, status });
      const page = await orders.find({ where, order: "descending", limit, ...(after !== undefined && { after }) });
      const items = page.items.flatMap(({ id, state }) => (state.status === "none" ? [] : [orderView(id, state)]));
      return { items, ...(page.next !== undefined && { next: page.next }) };
    },

    /** Takes an order back, until its first transaction has been asked for: decided together with its task. */
    async cancel(id: string, viewer: Viewer, cause: Cause) {
      const state = await found(id, { user: viewer.user, any: false });
      if (!state) return refuse("order-not-found");
      const targets = {
        order: { store: orders, id },
        task: { store: tasks, id: taskIdOf(id, deriveId) },
        holding: { store: holdings, id: state.position ?? id },
      };
      const outcome = await transactTogether(targets, cause, ({ order, task, holding }) => {
        const decided = cancelOrder(order.state, hasStarted(task.state), clock());
        if (!decided.ok) return decided;
        const ended = cancelTask(task.state, "order-cancelled");
        const events = { order: decided.events, holding: unlock(holding.state, id) };
        return { ok: true, events: { ...events, task: ended.ok ? ended.events : [] } };
      });
      return outcome.ok ? ({ ok: true, view: orderView(id, outcome.order.state as KnownOrder) } as const) : outcome;
    },
  };
}
