import { expect, test } from "bun:test";
import type { Places } from "./messaging.ts";

const long = 60_000;
const reading = { consumer: "c", kind: "play" };

/** What every keeper of places must do. */
export function testPlaces(name: string, fresh: () => Promise<Places>) {
  async function held(places: Places, holder: string): Promise<void> {
    while ((await places.acquire(reading, holder, long)) === "taken") await Bun.sleep(2);
  }

  test(`${name}: a place is kept for each consumer and kind`, async () => {
    const places = await fresh();
    const others = [
      { consumer: "d", kind: "play" },
      { consumer: "c", kind: "task" },
    ];
    for (const each of [reading, ...others]) await places.acquire(each, "one", long);
    expect(await places.get(reading)).toBeUndefined();
    expect(await places.advance(reading, "one", "1")).toBe("advanced");
    expect(await places.advance(reading, "one", "2")).toBe("advanced");
    expect(await places.get(reading)).toBe("2");
    for (const each of others) expect(await places.get(each)).toBeUndefined();
  });

  test(`${name}: a lease is one holder's, who may keep it`, async () => {
    const places = await fresh();
    expect(await places.acquire(reading, "one", long)).toBe("held");
    expect(await places.acquire(reading, "other", long)).toBe("taken");
    expect(await places.acquire(reading, "one", long)).toBe("held");
    expect(await places.acquire({ ...reading, kind: "task" }, "other", long)).toBe("held");
  });

  test(`${name}: of many who want a lease at once, one gets it`, async () => {
    const places = await fresh();
    const holders = Array.from({ length: 20 }, (_, number) => `${number}`);
    const outcomes = await Promise.all(holders.map((holder) => places.acquire(reading, holder, long)));
    expect(outcomes.filter((outcome) => outcome === "held")).toHaveLength(1);
  });

  test(`${name}: a lease that was let go is free, and nobody lets go of another's`, async () => {
    const places = await fresh();
    await places.acquire(reading, "one", long);
    await places.advance(reading, "one", "1");
    await places.release(reading, "other");
    expect(await places.acquire(reading, "other", long)).toBe("taken");
    await places.release(reading, "one");
    expect(await places.acquire(reading, "other", long)).toBe("held");
    expect(await places.get(reading)).toBe("1");
  });

  test(`${name}: a lease is over by itself`, async () => {
    const places = await fresh();
    await places.acquire(reading, "one", 30);
    await held(places, "other");
    expect(await places.acquire(reading, "one", long)).toBe("taken");
  });

  test(`${name}: a lease lasts from when it was kept last`, async () => {
    const places = await fresh();
    await places.acquire(reading, "one", 30);
    await places.acquire(reading, "one", long);
    await Bun.sleep(60);
    expect(await places.acquire(reading, "other", long)).toBe("taken");
  });

  test(`${name}: who has lost the lease moves no place, who is late only does`, async () => {
    const places = await fresh();
    expect(await places.advance(reading, "one", "0")).toBe("taken");
    await places.acquire(reading, "one", 1);
    await Bun.sleep(10);
    expect(await places.advance(reading, "one", "1")).toBe("advanced");
    await held(places, "other");
    expect(await places.advance(reading, "one", "2")).toBe("taken");
    expect(await places.get(reading)).toBe("1");
    await places.release(reading, "other");
    expect(await places.advance(reading, "other", "3")).toBe("taken");
  });
}
