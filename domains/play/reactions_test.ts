import { expect, test } from "bun:test";
import { type Envelope, reactor } from "../../ports/mod.ts";
import { amount, type Instant, type UserId, zero } from "../shared/mod.ts";
import { at, causeOf, investor, offerer, startPlays, termsOf } from "./_world_test.ts";
import { playReactions } from "./mod.ts";

// The order's events as far as plays read them.
type OrderEvent =
  | ({ type: "OrderPlaced" } & Parameters<ReturnType<typeof playReactions>["order"]["OrderPlaced"]>[0])
  | { type: "OrderRefused" | "OrderCancelled"; reason: string }
  | { type: "OrderCompensated"; reason: string; position?: string; closed: boolean }
  | { type: "OrderIncidentResolved"; position?: string; closed: boolean }
  | ({ type: "OrderFilled" } & Parameters<ReturnType<typeof playReactions>["order"]["OrderFilled"]>[0]);

const orderKind = { name: "order", initial: {}, evolve: () => ({}), upcasters: [], indexes: [] };

async function start() {
  const started = startPlays();
  const id = await started.published();
  const { react } = reactor<object, OrderEvent, ReturnType<typeof playReactions>["order"]>(
    orderKind,
    playReactions(started.service).order,
  );
  const revisions = new Map<string, number>();
  const told: Envelope<OrderEvent>[] = [];
  const { order: _, amount: _a, ...terms } = termsOf(id, "o1");
  const filled = { user: investor, wallet: "w1" };
  return {
    ...{ ...started, id, told, react },
    /** Tells the next event of an order. */
    async tell(order: string, event: OrderEvent): Promise<void> {
      const revision = (revisions.get(order) ?? 0) + 1;
      revisions.set(order, revision);
      const known = {
        kind: "order",
        aggregate: order,
        revision,
        schema: 1,
        at: at as Instant,
        cause: causeOf(investor),
      };
      const envelope = { id: `order/${order}/${revision}`, ...known, event };
      told.push(envelope);
      await react(envelope);
    },
    placed: (size: string, given: object = {}): OrderEvent => ({
      ...{ type: "OrderPlaced", ...terms, amount: amount(size), ...given },
    }),
    filled: (action: "enter" | "adjust" | "exit", position: string, closed = false): OrderEvent => ({
      ...{ type: "OrderFilled", ...filled, action, position, closed },
    }),
    claimed: async () => (await started.capacities.load(id)).state.claimed,
    events: async (order: string) => {
      const { items } = await started.stores.journal.read({ kind: "claim", aggregate: order, limit: 50 });
      return items.map(({ envelope }) => envelope.event);
    },
  };
}

test("an order that is placed claims capacity, and one that comes to nothing gives it back", async () => {
  const { tell, placed, claimed, events } = await start();
  await tell("o1", placed("100"));
  await tell("o2", placed("300", { parameters: { note: "mine" } }));
  expect(await claimed()).toBe(amount("400"));
  expect(await events("o2")).toMatchObject([
    { type: "CapacityClaimed", order: "o2", amount: "300", parameters: { note: "mine" } },
  ]);
  await tell("o1", { type: "OrderCancelled", reason: "cancelled-by-user" });
  expect(await claimed()).toBe(amount("300"));
  expect((await events("o1"))[1]).toEqual({
    ...{ type: "CapacityReleased", order: "o1", user: investor, wallet: "w1", reason: "cancelled-by-user" },
  } as never);
});

test.each(["OrderRefused", "OrderCancelled", "OrderCompensated", "OrderIncidentResolved"] as const)(
  "%s gives back what was claimed",
  async (type) => {
    const { tell, placed, claimed } = await start();
    await tell("o1", placed("100"));
    await tell("o1", { type, reason: "so", closed: false });
    expect(await claimed()).toBe(zero);
  },
);

test("an order that got no capacity says why, and has nothing to give back", async () => {
  const { service, id, tell, placed, events } = await start();
  await service.pause(id, "audit", causeOf(offerer));
  await tell("o1", placed("100"));
  await tell("o1", { type: "OrderRefused", reason: "play-closed" });
  expect(await events("o1")).toEqual([
    { type: "CapacityRefused", order: "o1", user: investor, play: id, reason: "play-closed" },
    { type: "ReleaseNoted", order: "o1", reason: "play-closed" },
  ] as never);
});

test("an order of a play that there is not is refused", async () => {
  const { tell, placed, events } = await start();
  await tell("o1", placed("100", { play: "nothing" }));
  expect(await events("o1")).toMatchObject([{ type: "CapacityRefused", reason: "play-not-found" }]);
});

test("a position keeps its capacity, grows by adjustments, and gives all back when it closes", async () => {
  const { service, id, tell, placed, filled, claimed } = await start();
  await tell("o1", placed("100"));
  await tell("o1", filled("enter", "o1"));
  await tell("o2", placed("50", { action: "adjust", position: "o1" }));
  await tell("o2", filled("adjust", "o1"));
  expect(await claimed()).toBe(amount("150"));
  await service.pause(id, "audit", causeOf(offerer));
  await tell("o3", placed("30", { action: "exit", position: "o1" }));
  await tell("o3", filled("exit", "o1"));
  expect(await claimed()).toBe(amount("150"));
  await tell("o4", placed("1", { action: "exit", amount: "all", position: "o1" }));
  await tell("o4", filled("exit", "o1", true));
  expect(await claimed()).toBe(zero);
});

test.each(["OrderCompensated", "OrderIncidentResolved"] as const)(
  "%s that left nothing of the position gives back what the position had, once",
  async (type) => {
    const { tell, react, told, placed, filled, claimed, events } = await start();
    await tell("o1", placed("100"));
    await tell("o1", filled("enter", "o1"));
    await tell("o2", placed("1", { action: "exit", amount: "all", position: "o1" }));
    await tell("o2", { type, reason: "so", position: "o1", closed: false });
    expect(await claimed()).toBe(amount("100"));
    await tell("o3", placed("1", { action: "exit", amount: "all", position: "o1" }));
    await tell("o3", { type, reason: "so", position: "o1", closed: true });
    expect(await claimed()).toBe(zero);
    expect((await events("o3")).map((event) => event.type)).toEqual(["CapacityClaimed", "CapacityReleased"]);
    for (const envelope of told) await react(envelope);
    expect(await claimed()).toBe(zero);
  },
);

test("events that come twice have their effect once", async () => {
  const { tell, react, told, placed, filled, claimed, events } = await start();
  await tell("o1", placed("100"));
  await tell("o2", placed("200"));
  await tell("o1", filled("enter", "o1"));
  await tell("o2", { type: "OrderCompensated", reason: "reverted", closed: false });
  await tell("o3", placed("50", { action: "adjust", position: "o1" }));
  await tell("o3", filled("adjust", "o1"));
  const before = await Promise.all(["o1", "o2", "o3"].map(events));
  for (const envelope of [...told, ...told.toReversed()]) await react(envelope);
  expect(await Promise.all(["o1", "o2", "o3"].map(events))).toEqual(before);
  expect(await claimed()).toBe(amount("150"));
});

test("a fill waits for the order's claim to be known", async () => {
  const { tell, filled } = await start();
  await expect(tell("o9", filled("enter", "o9"))).rejects.toMatchObject({ retryable: true });
});

test("orders that race for the last of the capacity never get more than there is", async () => {
  const { tell, placed, claimed, claims } = await start();
  const orders = Array.from({ length: 20 }, (_, index) => `r${index}`);
  await Promise.all(orders.map((order) => tell(order, placed("100", { user: "u9" as UserId }))));
  expect(await claimed()).toBe(amount("1500"));
  const statuses = await Promise.all(orders.map(async (order) => (await claims.load(order)).state.status));
  expect(statuses.filter((status) => status === "claimed")).toHaveLength(15);
  expect(statuses.filter((status) => status === "refused")).toHaveLength(5);
});
