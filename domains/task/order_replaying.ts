import type { AggregateKind } from "../../ports/mod.ts";
import type { Order, OrderEvent } from "./order.ts";

const statusAfter = {
  OrderRefused: "refused",
  OrderHeld: "held",
  OrderStarted: "in_progress",
  OrderCancelled: "cancelled",
  OrderFilled: "filled",
  OrderCompensating: "compensating",
  OrderCompensated: "compensated",
  OrderIncident: "incident",
  OrderIncidentResolved: "incident",
} as const;

/** Replays a recorded fact. */
export function evolve(order: Order, event: OrderEvent): Order {
  if (event.type === "OrderPlaced") {
    const { type: _, at, by, proof: _p, ...terms } = event;
    return { ...terms, status: "placed", placedBy: by, placedAt: at, history: [{ status: "placed", at }] };
  }
  if (order.status === "none" || event.type === "OrderNoted") return order;
  const status = statusAfter[event.type];
  return {
    ...order,
    ...("reason" in event && { reason: event.reason }),
    ...("detail" in event && { detail: event.detail }),
    ...("task" in event && { task: event.task }),
    ...("incident" in event && { incident: event.incident }),
    ...("resolution" in event && { resolution: event.resolution }),
    ...("effects" in event && { effects: event.effects }),
    status,
    history: [...order.history, { status, at: event.at }],
  };
}

export const orderKind: AggregateKind<Order, OrderEvent> = {
  name: "order",
  initial: { status: "none" },
  evolve,
  upcasters: [],
  indexes: [["user"], ["user", "status"], ["status"]],
};
