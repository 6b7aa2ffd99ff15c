import { expect, test } from "bun:test";
import fc from "fast-check";
import { createStores, openDatabase } from "../../adapters/sqlite/mod.ts";
import { type AggregateKind, BadCursor, transact } from "../../ports/mod.ts";
import { accept, type Instant, type UserId } from "../shared/mod.ts";
import { type AuditQuery, createAuditService } from "./audit_service.ts";

type Noted = { readonly type: "Noted"; readonly text: string };
const kindOf = (name: string): AggregateKind<string, Noted> => ({
  name,
  initial: "",
  evolve: (_, { text }) => text,
  upcasters: [],
  indexes: [],
});

/** Three services; a note's `minute` may go back, as clocks do. */
function serve() {
  let now = 0;
  const clock = () => new Date(Date.UTC(2026, 10, 23, 0, now)).toISOString() as Instant;
  const services = ["user", "play", "task"].map((service) => ({
    service,
    stores: createStores(openDatabase(":memory:"), clock),
  }));
  const audit = createAuditService({
    journals: services.map(({ service, stores: { journal } }) => ({
      ...{ service, journal },
      verify: async () => ({ service, entries: 0, roots: 0, unwitnessed: 0 }),
    })),
    clock,
  });
  async function note(service: number, kind: string, id: string, minute: number, actor = "u1"): Promise<void> {
    now = minute;
    const stores = services[service]?.stores;
    const cause = { actor: actor as UserId, correlation: "c1", event: "order/o1/1" };
    if (stores) await transact(stores.open(kindOf(kind)), id, cause, () => accept<Noted>({ type: "Noted", text: id }));
  }
  async function allPages(
    query: Omit<AuditQuery, "limit">,
    limit: number,
    between = async () => {},
  ): Promise<string[]> {
    const ids: string[] = [];
    let after: string | undefined;
    do {
      const page = await audit.list({ ...query, limit, after });
      expect(page.items.length).toBeLessThanOrEqual(limit);
      ids.push(...page.items.map(({ service, id }) => `${service}:${id}`));
      after = page.next;
      await between();
    } while (after !== undefined);
    return ids;
  }
  return { audit, note, allPages };
}

async function written() {
  const platform = serve();
  await platform.note(0, "user", "a", 1);
  await platform.note(1, "play", "p", 2, "u2");
  await platform.note(0, "user", "a", 3);
  await platform.note(1, "play", "p", 3);
  await platform.note(1, "claim", "p", 5, "u2");
  await platform.note(0, "user", "b", 4);
  return platform;
}

const newestFirst = [
  "play:claim/p/1",
  "user:user/b/1",
  "user:user/a/2",
  "play:play/p/2",
  "play:play/p/1",
  "user:user/a/1",
];

test("list() merges the journals, newest first", async () => {
  const { allPages } = await written();
  expect(await allPages({}, 2)).toEqual(newestFirst);
  expect(await allPages({}, 50)).toEqual(newestFirst);
});

test("list() tells who did what, when, and why", async () => {
  const { audit } = await written();
  const { items } = await audit.list({ limit: 1 });
  expect(items[0]).toEqual({
    ...{ id: "claim/p/1", service: "play", kind: "claim", aggregate: "p", revision: 1 },
    ...{ actor: "u2" as UserId, correlation: "c1", cause: "order/o1/1", type: "Noted", data: { text: "p" } },
    at: "2026-11-23T00:05:00.000Z" as Instant,
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test("list() filters by actor, kind, aggregate and time", async () => {
  const { allPages } = await written();
  const minute = (n: number) => `2026-11-23T00:0${n}:00.000Z`;
  expect(await allPages({ user: "u2" }, 1)).toEqual(["play:claim/p/1", "play:play/p/1"]);
  expect(await allPages({ kind: "user" }, 1)).toEqual(["user:user/b/1", "user:user/a/2", "user:user/a/1"]);
  expect(await allPages({ aggregate: "p" }, 1)).toEqual(["play:claim/p/1", "play:play/p/2", "play:play/p/1"]);
  expect(await allPages({ from: minute(3), before: minute(5) }, 1)).toEqual(newestFirst.slice(1, 4));
});

test("list() pages through what there was at its first page, whatever is journalled meanwhile, and however clocks run", async () => {
  const notes = fc.array(fc.tuple(fc.nat(2), fc.constantFrom("a", "b"), fc.nat(9)), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(notes, notes, fc.integer({ min: 1, max: 4 }), async (before, meanwhile, limit) => {
      const { note, allPages } = serve();
      const expected = new Set<string>();
      const revisions = new Map<string, number>();
      for (const [service, id, minute] of before) {
        await note(service, "note", id, minute);
        const revision = (revisions.get(`${service}${id}`) ?? 0) + 1;
        revisions.set(`${service}${id}`, revision);
        expected.add(`${["user", "play", "task"][service]}:note/${id}/${revision}`);
      }
      const late = [...meanwhile];
      const listed = await allPages({}, limit, async () => {
        const next = late.shift();
        if (next) await note(next[0], "note", next[1], next[2]);
      });
      expect(listed.length).toBe(expected.size);
      expect(new Set(listed)).toEqual(expected);
    }),
    { numRuns: 40 },
  );
});

test("list() refuses a cursor that no page gave out", async () => {
  const { audit } = await written();
  const { next = "" } = await audit.list({ limit: 1 });
  for (const after of ["", "user", "user.after.", "user.with.W10", next.replace("user", "other"), `${next}~`, "~"]) {
    expect(await audit.list({ limit: 1, after }).catch((error) => error)).toBeInstanceOf(BadCursor);
  }
});

test("verify() asked twice at once reads once", async () => {
  const { audit } = await written();
  const [one, other] = await Promise.all([audit.verify(), audit.verify()]);
  expect(one).toBe(other);
  expect(await audit.verify()).not.toBe(one);
});
