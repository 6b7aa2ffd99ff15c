import { expect, test } from "bun:test";
import { BadCursor, type Query } from "./query.ts";

/** Pictures with a colour and perhaps a size, indexed by colour, by size, and by both. */
type Pictures = {
  put(id: string, picture: { readonly colour: string; readonly size?: string }): Promise<void>;
  find(query: Query): Promise<{ readonly ids: readonly string[]; readonly next?: string }>;
};

/** What every find() must do, of aggregates and of records. */
export function testFind(name: string, fresh: () => Promise<Pictures>) {
  async function gallery(): Promise<Pictures> {
    const pictures = await fresh();
    const colours = ["red", "blue", "red", "red", "green", "red", "blue"];
    // Sizes run against the ids, and two are equal; the last picture has none.
    const sizes = ["6", "5", "4", "4", "2", "1", undefined];
    for (const [i, colour] of colours.entries()) {
      const size = sizes[i];
      await pictures.put(`p${i}`, { colour, ...(size !== undefined && { size }) });
    }
    return pictures;
  }

  async function allPages(pictures: Pictures, query: Omit<Query, "limit">, limit = 2): Promise<string[]> {
    const ids: string[] = [];
    let after: string | undefined;
    do {
      const page = await pictures.find({ ...query, limit, ...(after !== undefined && { after }) });
      expect(page.ids.length).toBeLessThanOrEqual(limit);
      ids.push(...page.ids);
      after = page.next;
    } while (after !== undefined);
    return ids;
  }

  const queries: readonly (readonly [string, Omit<Query, "limit">, readonly string[]])[] = [
    ["everything", { where: {} }, ["p0", "p1", "p2", "p3", "p4", "p5", "p6"]],
    ["a value", { where: { colour: "red" } }, ["p0", "p2", "p3", "p5"]],
    ["one of several", { where: { colour: ["blue", "green"] } }, ["p1", "p4", "p6"]],
    ["one of none", { where: { colour: [] } }, []],
    ["two values", { where: { colour: "red", size: "4" } }, ["p2", "p3"]],
    ["any of a field: what lacks it is left out", { where: { size: {} } }, ["p5", "p4", "p2", "p3", "p1", "p0"]],
    ["a range, its end left out", { where: { size: { from: "2", before: "5" } } }, ["p4", "p2", "p3"]],
    ["a value and a range", { where: { colour: "red", size: { from: "4" } } }, ["p2", "p3", "p0"]],
    ["several and a range", { where: { colour: ["red", "green"], size: { before: "6" } } }, ["p5", "p4", "p2", "p3"]],
  ];
  for (const [what, query, ids] of queries) {
    test(`${name}: find() by ${what}, in either order, page by page`, async () => {
      const pictures = await gallery();
      expect(await allPages(pictures, query)).toEqual([...ids]);
      expect(await allPages(pictures, { ...query, order: "descending" })).toEqual(ids.toReversed());
    });
  }

  test(`${name}: find() gives a next just while something follows`, async () => {
    const pictures = await gallery();
    expect((await pictures.find({ where: { colour: "red" }, limit: 4 })).next).toBeUndefined();
    expect((await pictures.find({ where: { colour: "red" }, limit: 3 })).next).toBeString();
  });

  test(`${name}: a cursor stays good while others write`, async () => {
    const pictures = await gallery();
    const query = { where: { size: {} }, order: "descending", limit: 2 } as const;
    const first = await pictures.find(query);
    await pictures.put("p9", { colour: "red", size: "7" });
    await pictures.put("p8", { colour: "red", size: "3" });
    const after = first.next ?? "";
    const second = await pictures.find({ ...query, after });
    const third = await pictures.find({ ...query, after: second.next ?? "" });
    expect([first.ids, second.ids, third.ids]).toEqual([
      ["p0", "p1"],
      ["p3", "p2"],
      ["p8", "p4"],
    ]);
  });

  test(`${name}: a cursor that no page gave out is a BadCursor`, async () => {
    const pictures = await gallery();
    for (const after of ["", "p1", "W10", "WzFd", "bnVsbA", "!".repeat(40)]) {
      await expect(pictures.find({ where: { size: {} }, after, limit: 2 })).rejects.toThrow(BadCursor);
    }
  });

  test(`${name}: a cursor is safe in a URL`, async () => {
    const { next } = await (await gallery()).find({ where: { colour: "red" }, limit: 1 });
    expect(next).toMatch(/^[\w-]+$/);
  });

  test(`${name}: find() refuses a query that no index serves`, async () => {
    const pictures = await gallery();
    const unserved: readonly Query["where"][] = [
      { shape: "round" },
      { colour: "red", shape: "round" },
      { colour: { from: "a" }, size: "4" },
      { colour: {}, size: {} },
    ];
    for (const where of unserved) await expect(pictures.find({ where, limit: 2 })).rejects.toThrow("no index");
  });
}
