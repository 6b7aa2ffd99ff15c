import { type Page, present } from "../../ports/mod.ts";
import { mayView, refuse, type UserId, type Viewer } from "../shared/mod.ts";
import { createCancelling } from "./cancelling.ts";
import { createLearning } from "./learning.ts";
import type { OrderStatus } from "./order.ts";
import { createOrderSaga, type SagaDependencies } from "./order_saga.ts";
import { createPlacing, type PlacingDependencies } from "./placing.ts";
import { type OrderView, orderView } from "./views.ts";

export type OrderService = ReturnType<typeof createOrderService>;
export type OrderDependencies = PlacingDependencies & SagaDependencies;

type Listing = {
  readonly status?: OrderStatus | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
};

/** The commands and questions about orders, and what becomes of them. */
export function createOrderService(dependencies: OrderDependencies) {
  const { orders } = dependencies;

  return {
    ...createPlacing(dependencies),
    ...createOrderSaga(dependencies),
    ...createCancelling(dependencies),
    ...createLearning(dependencies),

    async get(id: string, viewer: Viewer) {
      const { state } = await orders.load(id);
      if (state.status === "none" || !mayView(viewer, state.user)) return refuse("order-not-found");
      return { ok: true, view: orderView(id, state) } as const;
    },

    /** A user's, newest first. */
    async list(user: UserId, { status, after, limit }: Listing): Promise<Page<OrderView>> {
      const where = present({ user, status });
      const page = await orders.find({ where, order: "descending", limit, ...(after !== undefined && { after }) });
      const items = page.items.flatMap(({ id, state }) => (state.status === "none" ? [] : [orderView(id, state)]));
      return { items, ...(page.next !== undefined && { next: page.next }) };
    },
  };
}
