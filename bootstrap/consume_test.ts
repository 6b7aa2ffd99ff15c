import { expect, test } from "bun:test";
import { createEventBus, createParking, openDatabase } from "../adapters/sqlite/mod.ts";
import type { UserId } from "../domains/shared/mod.ts";
import { type Envelope, StoreUnreachable } from "../ports/mod.ts";
import { consume } from "./consume.ts";
import { createParkedEvents } from "./parked_events.ts";

const event = (revision: number, type: string): Envelope => ({
  ...{ id: `thing/t1/${revision}`, kind: "thing", aggregate: "t1", revision, schema: 1 },
  ...{ at: "2026-11-23T00:00:00.000Z" as Envelope["at"], cause: { actor: "a" as UserId, correlation: "c" } },
  event: { type },
});

test("behind a parked event wait those of its aggregate that concern the consumer, and no others", async () => {
  const bus = createEventBus(openDatabase(":memory:"), () => {});
  const parking = createParking(openDatabase(":memory:"));
  const { promise: seen, resolve: see } = Promise.withResolvers<void>();
  const react = async ({ id }: Envelope) => {
    if (id === "thing/t2/1") return see();
    throw new Error("Not this one");
  };
  const concerns = (type: string) => type === "Changed";
  await using _ = consume({ consumer: "c", kind: "thing", concerns, react }, bus, parking, () => {});
  await bus.publish([event(1, "Changed"), event(2, "Ignored"), event(3, "Changed")]);
  await bus.publish([{ ...event(1, "Changed"), id: "thing/t2/1", aggregate: "t2" }]);
  await seen;
  const parked = () => parking.list({ limit: 10 });
  while ((await parked()).items.length < 2) await Bun.sleep(1);
  expect((await parked()).items.map(({ event: { id } }) => id)).toEqual(["thing/t1/1", "thing/t1/3"]);
});

const firstOf = (aggregate: string) => ({ ...event(1, "Changed"), id: `thing/${aggregate}/1`, aggregate });

/** Reacts to many aggregates' events when it is let go; tells how many reactions began. */
function reactingSlowly() {
  const bus = createEventBus(openDatabase(":memory:"), () => {});
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const began: string[] = [];
  const react = async ({ aggregate }: Envelope) => {
    began.push(aggregate);
    await released;
  };
  const reactor = { consumer: "c", kind: "thing", concerns: () => true, react };
  const consuming = consume(reactor, bus, createParking(openDatabase(":memory:")), () => {});
  const publish = () => bus.publish(Array.from({ length: 1_000 }, (_, place) => firstOf(`t${place}`)));
  return { began, release, consuming, publish };
}

test("of a backlog some is in hand, and the rest follows", async () => {
  const { began, release, consuming, publish } = reactingSlowly();
  await publish();
  while (began.length === 0) await Bun.sleep(1);
  await Bun.sleep(50);
  expect(began.length).toBeLessThan(1_000);
  release();
  while (began.length < 1_000) await Bun.sleep(1);
  await consuming[Symbol.asyncDispose]();
});

test("who ends waits for what is in hand, and not for the backlog", async () => {
  const { began, release, consuming, publish } = reactingSlowly();
  await publish();
  while (began.length === 0) await Bun.sleep(1);
  await Bun.sleep(50);
  const ended = consuming[Symbol.asyncDispose]();
  const atTheEnd = began.length;
  release();
  await ended;
  expect(began.length).toBe(atTheEnd);
  expect(atTheEnd).toBeLessThan(1_000);
});

test("reactions that fail and pause keep no others from their turn", async () => {
  const bus = createEventBus(openDatabase(":memory:"), () => {});
  const { promise: seen, resolve: see } = Promise.withResolvers<void>();
  const react = async ({ aggregate }: Envelope) => {
    if (aggregate === "last") return see();
    throw new StoreUnreachable("Not now");
  };
  const reactor = { consumer: "c", kind: "thing", concerns: () => true, react };
  await using _ = consume(reactor, bus, createParking(openDatabase(":memory:")), () => {});
  await bus.publish(Array.from({ length: 1_000 }, (_, place) => firstOf(`t${place}`)));
  await bus.publish([firstOf("last")]);
  await seen;
});

test("a reaction that outlasts its deadline is waited for, and not begun a second time", async () => {
  const bus = createEventBus(openDatabase(":memory:"), () => {});
  const parking = createParking(openDatabase(":memory:"));
  const deadlines: string[] = [];
  const began: string[] = [];
  const react = async ({ id }: Envelope) => {
    began.push(id);
    while (deadlines.length < 2) await Bun.sleep(1);
  };
  const reactor = { consumer: "c", kind: "thing", concerns: () => true, react };
  const log = (_: string, { error }: { readonly error?: unknown } = {}) => error && deadlines.push(String(error));
  await using _ = consume(reactor, bus, parking, log, 20);
  await bus.publish([firstOf("slow"), { ...firstOf("slow"), id: "thing/slow/2", revision: 2 }]);
  while (!began.includes("thing/slow/2")) await Bun.sleep(1);
  expect(began).toEqual(["thing/slow/1", "thing/slow/2"]);
  expect((await parking.list({ limit: 1 })).items).toEqual([]);
});

test("a reaction that fails after its deadline is begun anew", async () => {
  const bus = createEventBus(openDatabase(":memory:"), () => {});
  const { promise: seen, resolve: see } = Promise.withResolvers<void>();
  let began = 0;
  const react = async () => {
    if (++began > 1) return see();
    await Bun.sleep(30);
    throw new StoreUnreachable("Not now");
  };
  const reactor = { consumer: "c", kind: "thing", concerns: () => true, react };
  await using _ = consume(reactor, bus, createParking(openDatabase(":memory:")), () => {}, 10);
  await bus.publish([firstOf("late")]);
  await seen;
  expect(began).toBe(2);
});

test("what was dismissed is not reacted to when a stream is read anew, and holds up nothing behind it", async () => {
  const parking = createParking(openDatabase(":memory:"));
  const began: string[] = [];
  let broken = true;
  const react = async ({ id }: Envelope) => {
    began.push(id);
    if (broken) throw new Error("Not this one");
  };
  const reactor = { consumer: "c", kind: "thing", concerns: () => true, react };

  /** A bus on which all of it comes, from the first one on. */
  async function readAll(settled: () => Promise<boolean>): Promise<void> {
    const bus = createEventBus(openDatabase(":memory:"), () => {});
    await using _ = consume(reactor, bus, parking, () => {});
    await bus.publish([event(1, "Changed"), event(2, "Changed"), event(3, "Changed")]);
    while (!(await settled())) await Bun.sleep(1);
  }

  const parked = async () => (await parking.list({ limit: 10 })).items;
  await readAll(async () => (await parked()).length === 3);
  const { dismiss, replay } = createParkedEvents(parking, [reactor], () => {});
  const [first, second, third] = await parked();
  expect(await dismiss(second?.id ?? "")).toBe("behind-another");
  expect(await dismiss(first?.id ?? "")).toBe("done");
  expect(await dismiss(first?.id ?? "")).toBe("absent");
  broken = false;
  expect(await replay(second?.id ?? "")).toBe("done");
  expect(await dismiss(third?.id ?? "")).toBe("done");
  began.length = 0;
  let looks = 0;
  await readAll(async () => began.includes("thing/t1/2") && ++looks > 20);
  expect(began).toEqual(["thing/t1/2"]);
  expect(await parked()).toEqual([]);
});
