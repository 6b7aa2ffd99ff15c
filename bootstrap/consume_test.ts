import { expect, test } from "bun:test";
import { createEventBus, createParking, openDatabase } from "../adapters/sqlite/mod.ts";
import type { UserId } from "../domains/shared/mod.ts";
import type { Envelope } from "../ports/mod.ts";
import { consume } from "./consume.ts";

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
