import { Elysia, t } from "elysia";
import type { AskOrder, CancelOrderRefusal, OrderRefusal, OrderService } from "../../domains/task/mod.ts";
import { listedUser, oneOf, pageOf, pageQuery, userFilter } from "./_schemas.ts";
import { orderBody, orderSchema, orderStatus } from "./_task_schemas.ts";
import { docs } from "./docs.ts";
import type { Guards } from "./guards.ts";
import { acceptedOr, faultsOf, type Problem } from "./problems.ts";

const refusals: Record<OrderRefusal, Problem> = {
  "play-not-found": { status: 404, title: "No such play" },
  "version-not-offered": { status: 409, title: "The play offers another version" },
  "play-closed": { status: 409, title: "The play takes no orders now" },
  "wallet-not-found": { status: 404, title: "No such wallet" },
  "position-not-found": { status: 404, title: "No such open position in this play and wallet" },
  "position-needed": { status: 422, title: "Name the position" },
  "position-not-taken": { status: 422, title: "Entering opens a position of its own: name none" },
  "position-busy": { status: 409, title: "Another order is working on the position" },
  "action-not-offered": { status: 422, title: "The play has no such action" },
  "amount-out-of-limits": { status: 422, title: "The amount is outside of the play's limits" },
  "exit-whole-only": { status: 422, title: "The play is left whole: give all" },
  "all-only-to-exit": { status: 422, title: "Only an exit takes all" },
  "parameters-faulty": { status: 422, title: "The parameters do not fit the play's schema" },
  "proof-invalid": { status: 403, title: "The step-up's signature does not hold" },
  "order-differs": { status: 409, title: "The id is another order's" },
};

const absent = { "order-not-found": { status: 404, title: "No such order" } } as const;
const cancelling: Record<CancelOrderRefusal, Problem> = {
  ...absent,
  "order-under-way": { status: 409, title: "Its first transaction has been asked for: it is carried out" },
  "order-ended": { status: 409, title: "The order has ended" },
};

/** The schema admits what the domain takes. */
const asked = (body: typeof orderBody.static) => body as AskOrder;

/** Orders: a user's instructions to enter, adjust and leave plays. */
export function orderRoutes(orders: OrderService, guards: Guards) {
  return new Elysia({ prefix: "/v1/orders", tags: ["Orders"] })
    .use(guards)
    .post(
      "",
      async ({ body, newId, cause, viewer, stepUp, set }) => {
        const outcome = await orders.place(newId, asked(body), cause, { viewer, prove: stepUp });
        set.status = 202;
        return acceptedOr(outcome, refusals, faultsOf(outcome)).view;
      },
      {
        ...{ own: "order:write", stepUpForOthers: "order.place", idempotent: true },
        ...{ body: orderBody, response: { 202: orderSchema } },
        detail: docs("placeOrder", "Enter, adjust or leave a play", refusals, "Capacity and funds are claimed next."),
      },
    )
    .get(
      "",
      ({ viewer, query: { user, limit = 50, ...rest } }) => orders.list(listedUser(viewer, user), { limit, ...rest }),
      {
        own: "order:read",
        query: t.Composite([pageQuery, t.Object({ user: userFilter, status: t.Optional(orderStatus) })]),
        response: { 200: pageOf(orderSchema) },
        detail: docs("listOrders", "A user's orders, newest first"),
      },
    )
    .get("/:id", async ({ params, viewer }) => acceptedOr(await orders.get(params.id, viewer), absent).view, {
      ...{ own: "order:read", params: oneOf, response: { 200: orderSchema } },
      detail: docs("getOrder", "An order and its history", absent),
    })
    .post(
      "/:id/cancel",
      async ({ params, viewer, cause }) => acceptedOr(await orders.cancel(params.id, viewer, cause), cancelling).view,
      {
        ...{ signedIn: true, params: oneOf, response: { 200: orderSchema } },
        detail: docs("cancelOrder", "Take an order back, until its first transaction is asked for", cancelling),
      },
    );
}
