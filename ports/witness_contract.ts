import { expect, test } from "bun:test";
import type { Instant } from "../domains/shared/mod.ts";
import { BadCursor } from "./query.ts";
import type { Leaf, SignedRoot, WitnessStore } from "./witness.ts";

const root = (service: string, number: number, size: number): SignedRoot => ({
  ...{ service, number, size },
  at: "2026-11-23T00:00:00.000Z" as Instant,
  ...{ previous: "", root: `root ${number}`, cursor: `cursor ${number}`, key: "key", signature: "signature" },
});

const leaves = (count: number): Leaf[] =>
  Array.from({ length: count }, (_, i) => ({ event: `play/p${count - i}/1`, hash: `hash ${i}` }));

/** What every witness store must do. */
export function testWitnessStore(name: string, fresh: () => Promise<WitnessStore>) {
  test(`${name}: latest() is the root with the highest number, of that service`, async () => {
    const witness = await fresh();
    expect(await witness.latest("play")).toBeUndefined();
    for (let number = 1; number <= 11; number++) await witness.append(root("play", number, 1), leaves(1));
    await witness.append(root("task", 1, 1), leaves(1));
    expect(await witness.latest("play")).toEqual(root("play", 11, 1));
  });

  test(`${name}: a root is kept when its number comes next, once`, async () => {
    const witness = await fresh();
    expect(await witness.append(root("play", 2, 1), leaves(1))).toBe("conflict");
    const outcomes = await Promise.all([1, 1, 1].map(() => witness.append(root("play", 1, 2), leaves(2))));
    expect(outcomes.toSorted()).toEqual(["conflict", "conflict", "kept"]);
    expect((await witness.read("play", { limit: 9 })).items).toEqual([{ root: root("play", 1, 2), leaves: leaves(2) }]);
  });

  test(`${name}: read() pages through roots by number, leaves in their order`, async () => {
    const witness = await fresh();
    for (const number of [1, 2, 3]) await witness.append(root("play", number, number), leaves(number));
    await witness.append(root("task", 1, 1), leaves(1));
    const first = await witness.read("play", { limit: 2 });
    const second = await witness.read("play", { limit: 2, after: first.next ?? "" });
    expect([...first.items, ...second.items]).toEqual(
      [1, 2, 3].map((number) => ({ root: root("play", number, number), leaves: leaves(number) })),
    );
    expect(second.next).toBeUndefined();
    await expect(witness.read("play", { limit: 2, after: "p" })).rejects.toThrow(BadCursor);
  });
}
