import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { accept, type Instant, type UserId } from "../domains/shared/mod.ts";
import type { AggregateKind } from "./aggregate_store.ts";
import type { Open } from "./aggregate_store_contract.ts";
import type { Clock } from "./clock.ts";
import type { Envelope } from "./envelope.ts";
import type { Entry, Journal, JournalQuery } from "./journal.ts";
import type { Outbox } from "./messaging.ts";
import { allOf, BadCursor } from "./query.ts";
import { reactor } from "./reactions.ts";
import { transact } from "./transact.ts";

type Service = { readonly open: Open; readonly journal: Journal; readonly outbox: Outbox };
type Noted = { readonly type: "Noted"; readonly text: string };

const kindOf = (name: string): AggregateKind<readonly string[], Noted> => ({
  name,
  initial: [],
  evolve: (notes, { text }) => [...notes, text],
  upcasters: [],
  indexes: [],
});

const minute = (n: number) => `2026-11-23T00:0${n}:00.000Z` as Instant;

/** What every journal must do. `fresh` gives one service without any entry. */
export function testJournal(name: string, fresh: (clock: Clock) => Promise<Service>) {
  /** Notes of two kinds, one a minute; the asset's id has slashes, as CAIP-19 has. */
  const notes = [
    { kind: "play", id: "p1", actor: "u1", texts: ["a"] },
    { kind: "asset", id: "eip155:1/erc20:0xA0", actor: "u2", texts: ["b"] },
    { kind: "play", id: "p1", actor: "u2", texts: ["c", "d"] },
    { kind: "play", id: "p2", actor: "u1", texts: ["é€"] },
    { kind: "asset", id: "p1", actor: "u1", texts: ["f"] },
  ];
  const order = ["play/p1/1", "asset/eip155:1/erc20:0xA0/1", "play/p1/2", "play/p1/3", "play/p2/1", "asset/p1/1"];

  async function written(): Promise<Service> {
    let now = 0;
    const service = await fresh(() => minute(now));
    for (const { kind, id, actor, texts } of notes) {
      const cause = { actor: actor as UserId, correlation: "c1", key: `k${now}` };
      const events = texts.map((text): Noted => ({ type: "Noted", text }));
      await transact(service.open(kindOf(kind)), id, cause, () => accept(...events));
      now++;
    }
    return service;
  }

  async function allPages(journal: Journal, query: Omit<JournalQuery, "limit">): Promise<Entry[]> {
    return Array.fromAsync(allOf((place) => journal.read({ ...query, limit: 2, ...place })));
  }
  const idsOf = (entries: readonly Entry[]) => entries.map(({ envelope }) => envelope.id);

  const queries: readonly (readonly [string, Omit<JournalQuery, "limit">, readonly number[]])[] = [
    ["everything", {}, [0, 1, 2, 3, 4, 5]],
    ["kind", { kind: "play" }, [0, 2, 3, 4]],
    ["aggregate", { aggregate: "p1" }, [0, 2, 3, 5]],
    ["kind and aggregate", { kind: "play", aggregate: "p1" }, [0, 2, 3]],
    ["actor", { actor: "u1" }, [0, 4, 5]],
    ["time", { from: minute(1), before: minute(3) }, [1, 2, 3]],
    ["all of it", { kind: "play", aggregate: "p1", actor: "u2", from: minute(2), before: minute(3) }, [2, 3]],
  ];
  for (const [what, query, places] of queries) {
    test(`${name}: read() by ${what}, in either order, page by page`, async () => {
      const { journal } = await written();
      const ids = places.map((place) => order[place] ?? "");
      expect(idsOf(await allPages(journal, query))).toEqual(ids);
      expect(idsOf(await allPages(journal, { ...query, order: "descending" }))).toEqual(ids.toReversed());
    });
  }

  test(`${name}: read() begins behind an entry's cursor, or with it`, async () => {
    const { journal } = await written();
    for (const query of [{ kind: "play" }, { kind: "play", aggregate: "p1" }]) {
      for (const direction of ["ascending", "descending"] as const) {
        const all = await allPages(journal, { ...query, order: direction });
        const cursor = all[1]?.cursor ?? "";
        const behind = await allPages(journal, { ...query, order: direction, after: cursor });
        const { items } = await journal.read({ ...query, order: direction, startingAt: cursor, limit: 9 });
        expect(idsOf(behind)).toEqual(idsOf(all.slice(2)));
        expect(idsOf(items)).toEqual(idsOf(all.slice(1)));
      }
    }
  });

  test(`${name}: a journal's cursor stays good while others write`, async () => {
    const { journal, open } = await written();
    const first = await journal.read({ order: "descending", limit: 2 });
    const cause = { actor: "u9" as UserId, correlation: "c9" };
    await transact(open(kindOf("play")), "p9", cause, () => accept<Noted>({ type: "Noted", text: "late" }));
    const rest = await allPages(journal, { order: "descending", after: first.next ?? "" });
    expect(idsOf([...first.items, ...rest])).toEqual(order.toReversed());
  });

  test(`${name}: a journal's cursor that no page gave out is a BadCursor`, async () => {
    const { journal } = await written();
    for (const after of ["", "p1", "W10", "WyJhIiwiYiJd", "WyIxIl0", "!".repeat(40)]) {
      await expect(journal.read({ after, limit: 1 })).rejects.toThrow(BadCursor);
      await expect(journal.read({ startingAt: after, limit: 1 })).rejects.toThrow(BadCursor);
      await expect(journal.inspect({ after, limit: 1 })).rejects.toThrow(BadCursor);
    }
  });

  test(`${name}: inspect() gives what hashes prove: a chain an aggregate, over the stored bytes`, async () => {
    const { journal } = await written();
    const { items } = await journal.inspect({ limit: 9 });
    expect(items.map(({ id }) => id)).toEqual(order);
    const heads = new Map<string, string>();
    for (const { id, kind, aggregate, revision, actor, at, key, stored, hash, previous } of items) {
      const before = heads.get(`${kind}/${aggregate}`);
      expect(previous).toBe(before as string);
      expect(hash).toBe(
        createHash("sha256")
          .update(`${before ?? ""}${stored}`)
          .digest("hex"),
      );
      const envelope: Envelope = JSON.parse(stored);
      expect(envelope).toMatchObject({ id, kind, aggregate, revision, at, cause: { actor, key } });
      heads.set(`${kind}/${aggregate}`, hash);
    }
  });

  test(`${name}: inspect() pages, through all or through one aggregate`, async () => {
    const { journal } = await written();
    const first = await journal.inspect({ limit: 4 });
    const second = await journal.inspect({ limit: 4, after: first.next ?? "" });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(order);
    expect(second.next).toBeUndefined();
    const behindLast = await journal.inspect({ limit: 4, after: second.items.at(-1)?.cursor ?? "" });
    expect(behindLast.items).toEqual([]);
    const one = await journal.inspect({ of: { kind: "play", aggregate: "p1" }, limit: 9 });
    expect(one.items.map(({ id }) => id)).toEqual(["play/p1/1", "play/p1/2", "play/p1/3"]);
  });

  test(`${name}: what an older release journalled reaches a reaction lifted`, async () => {
    const { journal } = await written();
    const lifting: AggregateKind<readonly string[], Noted> = {
      ...kindOf("play"),
      upcasters: [{ state: (old: string[]) => old, event: (old: Noted) => ({ ...old, text: `${old.text}!` }) }],
    };
    const heard: string[] = [];
    const { react } = reactor(lifting, {
      Noted: async ({ text }: Noted) => {
        heard.push(text);
        return { ok: true };
      },
    });
    for (const { envelope } of await allPages(journal, { kind: "play" })) await react(envelope);
    expect(heard).toEqual(["a!", "c!", "d!", "é€!"]);
  });

  test(`${name}: the outbox gives what was committed, oldest first, until it is published`, async () => {
    const { outbox } = await written();
    const { signal } = new AbortController();
    const events = await outbox.next(signal);
    expect(events.map(({ id }) => id)).toEqual(order);
    expect((await outbox.next(signal)).length).toBe(6);
    await outbox.published(events.slice(0, 4));
    expect((await outbox.next(signal)).map(({ id }) => id)).toEqual(order.slice(4));
  });

  test(`${name}: an empty outbox waits for a commit, or for the signal`, async () => {
    const { outbox, open } = await fresh(() => minute(0));
    const stop = new AbortController();
    const waiting = outbox.next(stop.signal);
    const cause = { actor: "u1" as UserId, correlation: "c1" };
    await transact(open(kindOf("play")), "p1", cause, () => accept<Noted>({ type: "Noted", text: "a" }));
    const events = await waiting;
    expect(events.map(({ id }) => id)).toEqual(["play/p1/1"]);
    await outbox.published(events);
    const stopped = outbox.next(stop.signal);
    stop.abort(new Error("Enough"));
    await expect(stopped).rejects.toThrow("Enough");
  });
}
