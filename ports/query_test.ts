import { expect, test } from "bun:test";
import { allOf, type Page } from "./query.ts";

const pages: Readonly<Record<string, Page<string>>> = {
  first: { items: ["a", "b"], next: "second" },
  // A page may have nothing in it though more follows.
  second: { items: [], next: "third" },
  third: { items: ["c"] },
};

test("the items of all pages come in order, and no page is asked for before it is needed", async () => {
  const asked: string[] = [];
  const items = allOf(async ({ after = "first" }) => {
    asked.push(after);
    return pages[after] ?? { items: [] };
  });
  expect([(await items.next()).value, (await items.next()).value]).toEqual(["a", "b"]);
  expect(asked).toEqual(["first"]);
  expect(await Array.fromAsync(items)).toEqual(["c"]);
  expect(asked).toEqual(["first", "second", "third"]);
});
