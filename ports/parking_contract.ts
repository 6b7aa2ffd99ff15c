import { expect, test } from "bun:test";
import type { Parking } from "./messaging.ts";
import { event } from "./messaging_contract.ts";
import { allOf, BadCursor } from "./query.ts";

/** What every parking must do. */
export function testParking(name: string, fresh: () => Promise<Parking>) {
  const park = (parking: Parking, aggregate: string, revision: number, consumer = "c") =>
    parking.park(consumer, event("play", aggregate, revision), "No", revision % 2 === 1);

  const all = (parking: Parking) => Array.fromAsync(allOf((place) => parking.list({ limit: 2, ...place })));
  const ids = async (parking: Parking) => (await all(parking)).map((parked) => parked.event.id);

  test(`${name}: a parked event closes its aggregate to the later ones, for its consumer`, async () => {
    const parking = await fresh();
    await park(parking, "a", 2);
    const standing = (aggregate: string, revision: number, consumer = "c") =>
      parking.standing(consumer, event("play", aggregate, revision));
    expect(await standing("a", 3)).toBe("closed");
    expect([await standing("a", 2), await standing("a", 1), await standing("b", 3)]).toEqual(["open", "open", "open"]);
    expect(await standing("a", 3, "d")).toBe("open");
    expect(await parking.standing("c", event("task", "a", 3))).toBe("open");
  });

  test(`${name}: what is parked comes back as it was`, async () => {
    const parking = await fresh();
    await parking.park("c", event("play", "a", 1), "The play is unknown", true);
    const [parked] = await all(parking);
    expect(parked).toMatchObject({ consumer: "c", reason: "The play is unknown", retryable: true });
    expect(parked?.event).toEqual(event("play", "a", 1));
  });

  test(`${name}: parked events are listed oldest first, each once, in the order to replay them`, async () => {
    const parking = await fresh();
    for (const [aggregate, revision] of [
      ["a", 1],
      ["b", 1],
      ["a", 2],
      ["b", 2],
      ["a", 3],
    ] as const) {
      await park(parking, aggregate, revision);
    }
    await park(parking, "a", 1);
    expect(await ids(parking)).toEqual(["play/a/1", "play/b/1", "play/a/2", "play/b/2", "play/a/3"]);
  });

  test(`${name}: what is removed is gone, once, and opens the aggregate when nothing earlier is left`, async () => {
    const parking = await fresh();
    await park(parking, "a", 1);
    await park(parking, "a", 2);
    const [first, second] = await all(parking);
    expect(await parking.remove(first?.id ?? "")).toBe("removed");
    expect(await parking.remove(first?.id ?? "")).toBe("absent");
    expect(await parking.standing("c", event("play", "a", 3))).toBe("closed");
    await parking.remove(second?.id ?? "");
    expect(await parking.standing("c", event("play", "a", 3))).toBe("open");
    expect(await parking.standing("c", event("play", "a", 1))).toBe("open");
  });

  test(`${name}: what is dismissed is gone, opens the aggregate, and is remembered when it comes again`, async () => {
    const parking = await fresh();
    for (const revision of [2, 3]) await park(parking, "a", revision);
    await park(parking, "a", 2, "d");
    const [first, second] = await all(parking);
    expect(await parking.dismiss(first?.id ?? "")).toBe("removed");
    expect([await parking.dismiss(first?.id ?? ""), await parking.remove(first?.id ?? "")]).toEqual([
      "absent",
      "absent",
    ]);
    expect(await parking.dismiss("never parked")).toBe("absent");
    expect(await ids(parking)).toEqual(["play/a/3", "play/a/2"]);
    const standing = (revision: number, consumer = "c") => parking.standing(consumer, event("play", "a", revision));
    expect([await standing(1), await standing(2), await standing(3), await standing(4)]).toEqual([
      ...["open", "dismissed", "open", "closed"],
    ] as const);
    expect([await standing(2, "d"), await standing(3, "d")]).toEqual(["open", "closed"]);
    await park(parking, "a", 2);
    expect(await ids(parking)).toEqual(["play/a/3", "play/a/2"]);
    // What comes again from the beginning may be parked before it.
    await park(parking, "a", 1);
    expect([await standing(2), await standing(3)]).toEqual(["dismissed", "closed"]);
    await parking.dismiss(second?.id ?? "");
    expect(await standing(3)).toBe("dismissed");
  });

  test(`${name}: a parking's cursor stays good while events are replayed and parked`, async () => {
    const parking = await fresh();
    for (const revision of [1, 2, 3, 4]) await park(parking, "a", revision);
    const { items, next } = await parking.list({ limit: 3 });
    for (const { id } of await all(parking)) await parking.remove(id);
    await park(parking, "a", 5);
    const rest = await parking.list({ limit: 3, after: next ?? "" });
    expect(items).toHaveLength(3);
    expect(rest.items.map((parked) => parked.event.id)).toEqual(["play/a/5"]);
  });

  test(`${name}: a parking's cursor that no page gave out is a BadCursor`, async () => {
    const parking = await fresh();
    for (const after of ["", "a", "W10", "WyJhIl0"]) {
      await expect(parking.list({ after, limit: 1 })).rejects.toThrow(BadCursor);
    }
  });
}
