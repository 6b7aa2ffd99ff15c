/**
 * An order: a user's instruction to enter, adjust or leave a play, and how far it has come. It is the saga's memory; every
 * order ends. Pure: callers pass ids and instants.
 *
 * @module
 */
import type { Proof } from "../../ports/mod.ts";
import {
  type Amount,
  type AssetId,
  accept,
  type Decision,
  type Instant,
  type NetworkId,
  refuse,
  sameJson,
  type UserId,
} from "../shared/mod.ts";
import type { NetEffect } from "./effects.ts";

export const orderStatuses = [
  ...(["placed", "held", "in_progress", "filled"] as const),
  ...(["compensating", "compensated", "refused", "cancelled", "incident"] as const),
] as const;

export type OrderStatus = (typeof orderStatuses)[number];
export type Action = "enter" | "adjust" | "exit";

export type OrderTerms = {
  readonly user: UserId;
  readonly play: string;
  readonly version: number;
  readonly digest: string;
  readonly wallet: string;
  readonly action: Action;
  /** In the play's asset. "all" leaves it whole. */
  readonly amount: Amount | "all";
  readonly parameters: { readonly [name: string]: unknown };
  readonly position?: string;
  readonly asset: AssetId;
  readonly network: NetworkId;
};

export type KnownOrder = OrderTerms & {
  readonly status: OrderStatus;
  /** Its user, or who placed it for them. */
  readonly placedBy: UserId;
  readonly placedAt: Instant;
  readonly task?: string;
  readonly reason?: string;
  /** What was missing. */
  readonly detail?: string;
  readonly incident?: string;
  readonly resolution?: string;
  readonly effects?: readonly NetEffect[];
  readonly history: readonly { readonly status: OrderStatus; readonly at: Instant }[];
};

export type Order = { readonly status: "none" } | KnownOrder;

type Told = { readonly user: UserId; readonly at: Instant };
type Because = Told & { readonly reason: string };

/** What is left behind by an order that came to nothing. */
export type Leaving = {
  /** The net effects of all its steps, without network fees. */
  readonly effects: readonly NetEffect[];
  /** Whether nothing is left of the position that it worked on. */
  readonly closed: boolean;
};

type Undone = Leaving & { readonly action: Action; readonly asset: AssetId; readonly position?: string };

export type OrderEvent =
  | ({ readonly type: "OrderPlaced" } & PlaceOrder)
  | ({ readonly type: "OrderRefused"; readonly detail?: string } & Because)
  | ({ readonly type: "OrderHeld"; readonly task: string } & Told)
  | ({ readonly type: "OrderStarted" } & Told)
  | ({ readonly type: "OrderCancelled" } & Because)
  | ({
      readonly type: "OrderFilled";
      readonly wallet: string;
      readonly play: string;
      readonly version: number;
      readonly action: Action;
      readonly amount: Amount | "all";
      readonly position: string;
      readonly asset: AssetId;
      /** The net effects of all its steps, without network fees. */
      readonly effects: readonly NetEffect[];
      /** Whether nothing is left of the position. */
      readonly closed: boolean;
    } & Told)
  | ({ readonly type: "OrderCompensating" } & Because)
  | ({ readonly type: "OrderCompensated" } & Because & Undone)
  | ({ readonly type: "OrderIncident"; readonly incident: string; readonly effects: readonly NetEffect[] } & Because)
  | ({ readonly type: "OrderIncidentResolved"; readonly incident: string; readonly resolution: string } & Told & Undone)
  /** Something came that the order had no use for any more: a hold after it was cancelled. */
  | { readonly type: "OrderNoted"; readonly what: string };

type Reacting = Decision<OrderEvent, never>;

export type PlaceOrder = OrderTerms & {
  readonly by: UserId;
  /** The signature of who placed it for someone else. */
  readonly proof?: Proof;
  readonly at: Instant;
};
export type PlaceOrderRefusal = "order-differs";

/** Places it. Placing the same again changes nothing; another one under the same id is refused. */
export function placeOrder(order: Order, terms: PlaceOrder): Decision<OrderEvent, PlaceOrderRefusal> {
  if (order.status === "none") return accept<OrderEvent>({ type: "OrderPlaced", ...terms });
  const fields = ["user", "play", "version", "wallet", "action", "amount", "position"] as const;
  const same = fields.every((field) => order[field] === terms[field]);
  return same && sameJson(order.parameters, terms.parameters) ? accept() : refuse("order-differs");
}

/** There is no capacity, or there are no funds. */
export function refuseOrder(order: Order, reason: string, detail: string | undefined, at: Instant): Reacting {
  if (order.status !== "placed") return noted("refusal");
  const { user } = order;
  return accept<OrderEvent>({ type: "OrderRefused", user, reason, ...(detail !== undefined && { detail }), at });
}

/** Its funds are held; its task is open. */
export function holdOrder(order: Order, task: string, at: Instant): Reacting {
  if (order.status !== "placed") return noted("hold");
  return accept<OrderEvent>({ type: "OrderHeld", user: order.user, task, at });
}

export function startOrder(order: Order, at: Instant): Reacting {
  return order.status === "held" ? accept<OrderEvent>({ type: "OrderStarted", user: order.user, at }) : noted("start");
}

export type CancelOrderRefusal = "order-not-found" | "order-under-way" | "order-ended";

export type CancelOrder = {
  readonly reason: "cancelled-by-user" | "user-suspended";
  /** Whether a transaction of it has been asked for. */
  readonly started: boolean;
  readonly at: Instant;
};

/** Takes it back, until it has started. */
export function cancelOrder(
  order: Order,
  { reason, started, at }: CancelOrder,
): Decision<OrderEvent, CancelOrderRefusal> {
  if (order.status === "none") return refuse("order-not-found");
  if (order.status === "cancelled") return accept();
  if (!["placed", "held", "in_progress"].includes(order.status)) return refuse("order-ended");
  if (started) return refuse("order-under-way");
  return accept<OrderEvent>({ type: "OrderCancelled", user: order.user, reason, at });
}

/** Its user is suspended: it is taken back, unless it has started and so is finished, or is over. */
export function suspendOrder(order: Order, started: boolean, at: Instant): Reacting {
  const decided = cancelOrder(order, { reason: "user-suspended", started, at });
  return decided.ok && decided.events.length > 0 ? decided : noted("suspension");
}

/** All its steps are done. `id` names the position that it opens. */
export function fillOrder(
  order: Order,
  { id, effects, closed, at }: { id: string; effects: readonly NetEffect[]; closed: boolean; at: Instant },
): Reacting {
  if (!isUnderWay(order)) return noted("fill");
  const { user, wallet, play, version, action, amount, asset } = order;
  const position = order.position ?? id;
  const terms = { user, wallet, play, version, action, amount, position, asset };
  return accept<OrderEvent>({ type: "OrderFilled", ...terms, effects, closed, at });
}

export function compensateOrder(order: Order, reason: string, at: Instant): Reacting {
  if (!isUnderWay(order)) return noted("compensation");
  return accept<OrderEvent>({ type: "OrderCompensating", user: order.user, reason, at });
}

/** What was done has been undone. */
export function endCompensation(order: Order, reason: string, left: Leaving, at: Instant): Reacting {
  if (!isUnderWay(order)) return noted("end of compensation");
  return accept<OrderEvent>({ type: "OrderCompensated", user: order.user, reason, ...undone(order, left), at });
}

export type Stuck = { readonly incident: string; readonly reason: string; readonly effects: readonly NetEffect[] };

/** It takes a person. */
export function stickOrder(order: Order, stuck: Stuck, at: Instant): Reacting {
  if (!isUnderWay(order)) return noted("incident");
  return accept<OrderEvent>({ type: "OrderIncident", user: order.user, ...stuck, at });
}

export type Resolving = { readonly incident: string; readonly resolution: string; readonly closed: boolean };

/** A person has settled what it was stuck on: it is over, and its effects stay. */
export function resolveOrder(order: Order, { incident, resolution, closed }: Resolving, at: Instant): Reacting {
  const isOwn = order.status === "incident" && order.incident === incident;
  if (!isOwn || order.resolution !== undefined) return noted("resolution");
  const left = undone(order, { effects: order.effects ?? [], closed });
  return accept<OrderEvent>({ type: "OrderIncidentResolved", user: order.user, incident, resolution, ...left, at });
}

function undone({ action, asset, position }: KnownOrder, { effects, closed }: Leaving): Undone {
  return { action, asset, ...(position !== undefined && { position }), effects, closed };
}

/** Whether its task may still end it. */
export function isUnderWay(order: Order): order is KnownOrder {
  return order.status === "held" || order.status === "in_progress" || order.status === "compensating";
}

function noted(what: string): Reacting {
  return accept<OrderEvent>({ type: "OrderNoted", what });
}
