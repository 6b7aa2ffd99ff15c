import { expect, test } from "bun:test";
import { accept, type UserId } from "../domains/shared/mod.ts";
import type { AggregateKind, AggregateStore } from "./aggregate_store.ts";
import { transact } from "./transact.ts";

type Counter = { readonly count: number; readonly colour: string };
type Counted = { readonly type: "Counted"; readonly by: number; readonly colour: string };
type Open = <State, Event>(kind: AggregateKind<State, Event>) => AggregateStore<State, Event>;

/** A name that SQL keeps for itself: stores must quote. */
const orderKind: AggregateKind<Counter, Counted> = {
  name: "order",
  initial: { count: 0, colour: "none" },
  evolve: (counter, event) => ({ count: counter.count + event.by, colour: event.colour }),
  upcasters: [],
  indexes: [["colour"], ["colour", "size"]],
};
const claimKind: AggregateKind<Counter, Counted> = { ...orderKind, name: "claim" };

const cause = { actor: "u1" as UserId, correlation: "c1" };
const counted = (colour: string): Counted => ({ type: "Counted", by: 1, colour });
const count = (colour: string) => (_: Counter) => accept(counted(colour));
const change = (kind: string, id: string, revision: number) => ({
  ...{ kind, schema: 1, id, revision, cause },
  state: { count: 1, colour: "red" },
  events: [counted("red")],
});

/** What every aggregate store must do, whatever it is made of. `fresh` gives the empty stores of one service. */
export function testAggregateStore(name: string, fresh: () => Promise<Open>) {
  test(`${name}: load() gives the initial state at revision 0 for an unknown id`, async () => {
    const store = (await fresh())(orderKind);
    expect(await store.load("nobody")).toEqual({ id: "nobody", revision: 0, state: orderKind.initial });
  });

  test(`${name}: commit() on an old revision is a conflict and changes nothing`, async () => {
    const store = (await fresh())(orderKind);
    await transact(store, "a", cause, count("red"));
    expect(await store.commit(change("order", "a", 0))).toBe("conflict");
    expect(await store.load("a")).toEqual({ id: "a", revision: 1, state: { count: 1, colour: "red" } });
  });

  test(`${name}: commit() of several aggregates writes all or none`, async () => {
    const open = await fresh();
    const [orders, claims] = [open(orderKind), open(claimKind)];
    await transact(claims, "taken", cause, count("red"));
    expect(await orders.commit(change("order", "a", 0), change("claim", "taken", 0))).toBe("conflict");
    expect((await orders.load("a")).revision).toBe(0);
    expect(await orders.commit(change("order", "a", 0), change("claim", "free", 0))).toBe("committed");
    expect((await claims.load("free")).revision).toBe(1);
  });

  test(`${name}: 200 writers of one aggregate lose no update`, async () => {
    const store = (await fresh())(orderKind);
    for (let round = 0; round < 25; round++) {
      await Promise.all(Array.from({ length: 8 }, () => transact(store, "busy", cause, count("red"))));
    }
    expect((await store.load("busy")).state.count).toBe(200);
  });

  test(`${name}: a cause with a key has its effect once, however often and late it comes`, async () => {
    const store = (await fresh())(orderKind);
    const told = { ...cause, key: "play/p1/3" };
    await Promise.all([transact(store, "a", told, count("red")), transact(store, "a", told, count("red"))]);
    for (let later = 0; later < 50; later++) await transact(store, "a", cause, count("blue"));
    await transact(store, "a", told, count("red"));
    expect((await store.load("a")).state.count).toBe(51);
  });

  test(`${name}: find() pages through an index without gap or repeat`, async () => {
    const store = (await fresh())(orderKind);
    for (let i = 0; i < 7; i++) await transact(store, `r${i}`, cause, count(i % 2 ? "red" : "blue"));
    const first = await store.find({ where: { colour: "blue" }, limit: 3 });
    const second = await store.find({ where: { colour: "blue" }, limit: 3, ...(first.next && { after: first.next }) });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(["r0", "r2", "r4", "r6"]);
    expect(second.next).toBeUndefined();
  });

  test(`${name}: find() refuses a query that no index serves`, async () => {
    const store = (await fresh())(orderKind);
    expect(store.find({ where: { count: "1" }, limit: 3 })).rejects.toThrow("no index");
  });

  test(`${name}: a keyed cause that records nothing is a mistake`, async () => {
    const store = (await fresh())(orderKind);
    const told = { ...cause, key: "play/p1/3" };
    expect(transact(store, "a", told, () => accept<Counted>())).rejects.toThrow("records nothing");
  });
}
