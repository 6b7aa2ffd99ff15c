import { expect, test } from "bun:test";
import type { AssetId, NetworkId } from "../shared/mod.ts";
import { causeOf, definition, network, offerer, startPlays, usd } from "./_world_test.ts";
import type { CatalogueQuery, PlayDefinition } from "./mod.ts";

const mainnet = "eip155:1" as NetworkId;
const ether = `${mainnet}/slip44:60` as AssetId;
const abroad: Partial<PlayDefinition> = { network: mainnet, asset: ether, assets: [] };
const coin = { type: "send", asset: ether, to: { from: "wallet.address" }, amount: "1" } as const;
const steps = [{ id: "s", title: "Send", type: "transaction", intent: coin }] as const;

async function filled() {
  const started = startPlays();
  const titles = {
    b: {},
    a: { risk: "high" },
    d: { strategy: "farming" },
    c: { ...abroad, enter: steps, exit: steps },
  };
  const ids: Record<string, string> = {};
  for (const [title, given] of Object.entries(titles)) {
    ids[title] = await started.published({ ...definition, ...given, title } as PlayDefinition);
  }
  await started.offered({ ...definition, title: "unpublished" });
  const { service } = started;
  await service.pause(ids.b as never, "audit", causeOf(offerer));
  /** The titles of all pages. */
  const titlesOf = async (query: Omit<CatalogueQuery, "limit">, limit = 50) => {
    const pages: string[][] = [];
    let after: string | undefined;
    do {
      const page = await service.catalogue({ ...query, limit, after });
      pages.push(page.items.map(({ title }) => title));
      after = page.next;
    } while (after !== undefined);
    return { titles: pages.flat(), pages };
  };
  return { ...started, ids, titlesOf };
}

test("the catalogue lists what is published, the newest first or by title", async () => {
  const { titlesOf } = await filled();
  expect((await titlesOf({})).titles).toEqual(["c", "d", "a", "b"]);
  expect((await titlesOf({ sort: "newest" })).titles).toEqual(["c", "d", "a", "b"]);
  expect((await titlesOf({ sort: "title" })).titles).toEqual(["a", "b", "c", "d"]);
});

test.each<[Omit<CatalogueQuery, "limit">, string[]]>([
  [{ strategy: "farming" }, ["d"]],
  [{ risk: "high" }, ["a"]],
  [{ network: mainnet }, ["c"]],
  [{ asset: ether }, ["c"]],
  [{ asset: usd, risk: "low" }, ["d", "b"]],
  [{ network, strategy: "farming", risk: "high" }, []],
  [{ open: true }, ["c", "d", "a"]],
  [{ open: false }, ["b"]],
  [{ open: true, sort: "title", risk: "low" }, ["c", "d"]],
])("the filters %j leave %j", async (query, expected) => {
  const { titlesOf } = await filled();
  expect((await titlesOf(query)).titles).toEqual(expected);
  expect((await titlesOf(query, 1)).titles).toEqual(expected);
});

test("pages hold what they were asked to hold, and nothing twice", async () => {
  const { titlesOf } = await filled();
  expect((await titlesOf({}, 3)).pages).toEqual([["c", "d", "a"], ["b"]]);
  expect((await titlesOf({ sort: "title" }, 2)).pages).toEqual([
    ["a", "b"],
    ["c", "d"],
  ]);
  expect((await titlesOf({ risk: "low" }, 2)).pages).toEqual([["c", "d"], ["b"]]);
  expect((await titlesOf({ strategy: "staking" }, 2)).pages).toEqual([["c", "a"], ["b"]]);
});

test("a cursor is of its sort, and of a page", async () => {
  const { service } = await filled();
  const { next } = await service.catalogue({ limit: 1, sort: "title" });
  for (const after of [next ?? "", "nonsense", ""]) {
    await expect(service.catalogue({ limit: 1, after })).rejects.toMatchObject({ name: "BadCursor" });
  }
});

test("the catalogue shows the terms, and leaves the machinery to the version", async () => {
  const { service, ids } = await filled();
  const { items } = await service.catalogue({ limit: 9, risk: "high" });
  const [shown] = items;
  const { contracts: _c, spenders: _s, enter: _e, exit: _x, ...terms } = definition;
  expect(shown).toEqual({
    ...{ ...terms, title: "a", risk: "high", id: ids.a ?? "", version: 1, status: "published", open: true },
    ...{ digest: shown?.digest ?? "", publishedAt: shown?.publishedAt as never },
  });
});

test("a play is open while it is available", async () => {
  const { service, published, pass } = startPlays();
  const availability = { from: "2026-11-23T00:00:10.000Z", until: "2026-11-23T00:00:20.000Z" };
  const id = await published({ ...definition, availability });
  const open = async () => {
    const found = await service.one(id);
    return found.ok && found.view.open;
  };
  expect(await open()).toBe(false);
  pass(10);
  expect(await open()).toBe(true);
  pass(10);
  expect(await open()).toBe(false);
});
