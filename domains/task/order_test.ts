import { expect, test } from "bun:test";
import fc from "fast-check";
import { amount, type Decision, later, type UserId } from "../shared/mod.ts";
import { at, effectsOf, investor, network, proof, shares, usd } from "./_world_test.ts";
import {
  cancelOrder,
  compensateOrder,
  endCompensation,
  fillOrder,
  holdOrder,
  type KnownOrder,
  type Order,
  type OrderEvent,
  type OrderStatus,
  type OrderTerms,
  placeOrder,
  refuseOrder,
  resolveOrder,
  startOrder,
  stickOrder,
  suspendOrder,
} from "./order.ts";
import { evolve } from "./order_replaying.ts";

const none: Order = { status: "none" };
const terms: OrderTerms = {
  ...{ user: investor, play: "p1", version: 1, digest: "d1", wallet: "w1", action: "enter", amount: amount("100") },
  ...{ parameters: { note: "mine", list: [1] }, asset: usd, network },
};
const by = investor;
const effects = effectsOf({ [usd]: "-100", [shares]: "95" });
const stuck = { incident: "i1", reason: "compensation-reverted", effects };
const nothing = { ok: true, events: [] } as const;
const refused = <Refusal extends string>(refusal: Refusal) => ({ ok: false, refusal }) as const;
const noted = (what: string) => ({ ok: true, events: [{ type: "OrderNoted", what }] }) as const;

type Doing = (order: Order) => Decision<OrderEvent, string>;

const places: Doing = (order) => placeOrder(order, { ...terms, by, at });
const refuses: Doing = (order) => refuseOrder(order, "funds-insufficient", "1 needed", at);
const holds: Doing = (order) => holdOrder(order, "t1", at);
const starts: Doing = (order) => startOrder(order, at);
const cancels: Doing = (order) => cancelOrder(order, { reason: "cancelled-by-user", started: false, at });
const suspends: Doing = (order) => suspendOrder(order, false, at);
const fills: Doing = (order) => fillOrder(order, { id: "o1", effects, closed: false, at });
const compensates: Doing = (order) => compensateOrder(order, "reverted", at);
const ends: Doing = (order) => endCompensation(order, "reverted", { effects, closed: false }, at);
const sticks: Doing = (order) => stickOrder(order, stuck, at);
const resolves: Doing = (order) => resolveOrder(order, { incident: "i1", resolution: "Paid back", closed: false }, at);

function after(...doings: readonly Doing[]): KnownOrder {
  return doings.reduce<Order>((order, doing) => {
    const decision = doing(order);
    if (!decision.ok) throw new Error(decision.refusal);
    return decision.events.reduce(evolve, order);
  }, none) as KnownOrder;
}

const lives: Record<OrderStatus, KnownOrder> = {
  placed: after(places),
  held: after(places, holds),
  in_progress: after(places, holds, starts),
  filled: after(places, holds, starts, fills),
  compensating: after(places, holds, starts, compensates),
  compensated: after(places, holds, compensates, ends),
  refused: after(places, refuses),
  cancelled: after(places, cancels),
  incident: after(places, holds, starts, compensates, sticks),
};
const all = Object.keys(lives) as OrderStatus[];

test("each status is what its commands lead to", () => {
  for (const status of all) expect(lives[status].status).toBe(status);
});

test("placing the same again changes nothing; another order under the same id is refused", () => {
  for (const order of Object.values(lives)) expect(places(order)).toEqual(nothing);
  const again = { ...terms, parameters: { list: [1], note: "mine" }, by: "u9" as UserId, proof, at: later(at, 60) };
  expect(placeOrder(lives.placed, again)).toEqual(nothing);
  const others: Partial<OrderTerms>[] = [
    ...[{ user: "u9" as UserId }, { play: "p2" }, { version: 2 }, { wallet: "w2" }, { amount: "all" as const }],
    ...[{ action: "adjust" as const }, { position: "o0" }, { parameters: { note: "mine", list: [2] } }],
  ];
  for (const other of others)
    expect(placeOrder(lives.placed, { ...terms, ...other, by, at })).toEqual(refused("order-differs"));
});

const from = (...statuses: OrderStatus[]) => statuses;
const underWay = from("held", "in_progress", "compensating");

test.each<[string, Doing, readonly OrderStatus[], OrderStatus]>([
  ["refusal", refuses, from("placed"), "refused"],
  ["hold", holds, from("placed"), "held"],
  ["start", starts, from("held"), "in_progress"],
  ["fill", fills, underWay, "filled"],
  ["compensation", compensates, underWay, "compensating"],
  ["end of compensation", ends, underWay, "compensated"],
  ["incident", sticks, underWay, "incident"],
])("a %s that comes too late is noted, and changes nothing", (what, doing, when, then) => {
  for (const status of all) {
    const decision = doing(lives[status]);
    if (when.includes(status)) {
      expect(decision.ok && decision.events.reduce<Order>(evolve, lives[status]).status).toBe(then);
    } else {
      expect(decision).toEqual(noted(what));
      expect(evolve(lives[status], { type: "OrderNoted", what })).toBe(lives[status]);
    }
  }
  expect(doing(none)).toEqual(noted(what));
});

test("an order is taken back until a transaction of it has been asked for", () => {
  for (const status of from("placed", "held", "in_progress")) {
    expect(cancels(lives[status])).toEqual({
      ...{ ok: true, events: [{ type: "OrderCancelled", user: investor, reason: "cancelled-by-user", at }] },
    });
    const started = { reason: "cancelled-by-user", started: true, at } as const;
    expect(cancelOrder(lives[status], started)).toEqual(refused("order-under-way"));
  }
  for (const status of from("filled", "compensating", "compensated", "refused", "incident")) {
    expect(cancels(lives[status])).toEqual(refused("order-ended"));
  }
  expect(cancels(lives.cancelled)).toEqual(nothing);
  expect(cancels(none)).toEqual(refused("order-not-found"));
});

test("a suspension takes back what has not started, and leaves the rest to be finished", () => {
  for (const status of from("placed", "held", "in_progress")) {
    expect(suspendOrder(lives[status], false, at)).toEqual({
      ...{ ok: true, events: [{ type: "OrderCancelled", user: investor, reason: "user-suspended", at }] },
    });
    expect(suspendOrder(lives[status], true, at)).toEqual(noted("suspension"));
  }
  for (const status of from("filled", "compensating", "compensated", "refused", "cancelled", "incident")) {
    expect(suspendOrder(lives[status], false, at)).toEqual(noted("suspension"));
  }
});

test("an order that is filled says what became of it, and names the position", () => {
  const filled = fills(lives.in_progress);
  const { user, wallet, play, version, action, amount: size, asset } = terms;
  expect(filled).toEqual({
    ok: true,
    events: [
      {
        ...{ type: "OrderFilled", user, wallet, play, version, action, amount: size, asset },
        ...{ position: "o1", effects, closed: false, at },
      },
    ],
  });
  const leaving = after((order) => placeOrder(order, { ...terms, action: "exit", position: "o0", by, at }), holds);
  expect(fills(leaving)).toMatchObject({ events: [{ position: "o0" }] });
});

test("an order that came to nothing names its position, and what is left behind", () => {
  const leaving = after((order) => placeOrder(order, { ...terms, action: "exit", position: "o0", by, at }), holds);
  const left = { action: "exit", asset: usd, position: "o0", effects, closed: true };
  expect(endCompensation(leaving, "reverted", { effects, closed: true }, at)).toEqual({
    ok: true,
    events: [{ type: "OrderCompensated", user: investor, reason: "reverted", at, ...left }] as never,
  });
  const stays = stickOrder(leaving, stuck, at);
  const incident = stays.ok ? stays.events.reduce<Order>(evolve, leaving) : leaving;
  expect(resolveOrder(incident, { incident: "i1", resolution: "So be it", closed: true }, at)).toMatchObject({
    events: [{ type: "OrderIncidentResolved", ...left }],
  });
});

test("an order tells why and what it came to, and every step of the way", () => {
  expect(lives.refused).toMatchObject({ reason: "funds-insufficient", detail: "1 needed" });
  expect(lives.held).toMatchObject({ task: "t1" });
  expect(lives.filled).toMatchObject({ effects });
  expect(lives.compensated).toMatchObject({ reason: "reverted", effects });
  expect(lives.incident).toMatchObject({ incident: "i1", reason: "compensation-reverted", effects });
  expect(lives.incident.history.map(({ status }) => status)).toEqual([
    ...from("placed", "held", "in_progress", "compensating", "incident"),
  ]);
});

test("an incident's resolution stays with its order, the first one", () => {
  const resolved = resolves(lives.incident);
  expect(resolved).toEqual({
    ok: true,
    events: [
      {
        ...{ type: "OrderIncidentResolved", user: investor, incident: "i1", resolution: "Paid back", at },
        ...{ action: "enter", asset: usd, effects, closed: false },
      },
    ],
  });
  const over = after(places, holds, sticks, resolves);
  expect(over).toMatchObject({ status: "incident", resolution: "Paid back" });
  expect(resolves(over)).toEqual(noted("resolution"));
  const other = { incident: "i2", resolution: "Taken back", closed: false };
  expect(resolveOrder(lives.incident, other, at)).toEqual(noted("resolution"));
  for (const status of all) if (status !== "incident") expect(resolves(lives[status])).toEqual(noted("resolution"));
});

test("whatever comes, in any order and again, an order ends once and stays as it ended", () => {
  const doing = fc.constantFrom(
    places,
    refuses,
    holds,
    starts,
    cancels,
    suspends,
    fills,
    compensates,
    ends,
    sticks,
    resolves,
  );
  const ended: readonly string[] = ["filled", "compensated", "refused", "cancelled", "incident"];
  const law = fc.property(fc.array(doing, { maxLength: 40 }), (doings) => {
    let order: Order = none;
    const marks: string[] = [];
    for (const each of doings) {
      const before = order.status;
      const decision = each(order);
      order = decision.ok ? decision.events.reduce(evolve, order) : order;
      if (ended.includes(before)) expect(order.status).toBe(before);
      else if (ended.includes(order.status)) marks.push(order.status);
    }
    expect(marks.length).toBeLessThanOrEqual(1);
    if (order.status !== "none") expect(order.history[0]?.status).toBe("placed");
  });
  fc.assert(law, { numRuns: 1000 });
});
