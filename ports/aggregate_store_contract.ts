import { expect, test } from "bun:test";
import { accept, type UserId } from "../domains/shared/mod.ts";
import { testFind } from "./_find_contract.ts";
import type { AggregateKind, AggregateStore } from "./aggregate_store.ts";
import { WrittenByNewerRelease } from "./faults.ts";
import { transact } from "./transact.ts";

type Counter = { readonly count: number; readonly colour: string };
type Counted = { readonly type: "Counted"; readonly by: number; readonly colour: string };
type Painted = { readonly type: "Painted"; readonly colour: string; readonly size?: string };

/** Opens the stores of one service. */
export type Open = <State, Event>(kind: AggregateKind<State, Event>) => AggregateStore<State, Event>;

/** A name that SQL keeps for itself: stores must quote. */
const orderKind: AggregateKind<Counter, Counted> = {
  name: "order",
  initial: { count: 0, colour: "none" },
  evolve: (counter, event) => ({ count: counter.count + event.by, colour: event.colour }),
  upcasters: [],
  indexes: [["colour"]],
};
const claimKind: AggregateKind<Counter, Counted> = { ...orderKind, name: "claim" };

/** The next release of the same kind: it counts in hundreds. */
const newOrderKind: AggregateKind<Counter, Counted> = {
  ...orderKind,
  upcasters: [
    {
      state: (old: Counter) => ({ ...old, count: old.count * 100 }),
      event: (old: Counted) => ({ ...old, by: old.by * 100 }),
    },
  ],
};

const pictureKind: AggregateKind<Omit<Painted, "type">, Painted> = {
  name: "picture",
  initial: { colour: "none" },
  evolve: (_, { type: _type, ...painted }) => painted,
  upcasters: [],
  indexes: [["colour"], ["size"], ["colour", "size"]],
};

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

  test(`${name}: commits that wait together stand or fall alone`, async () => {
    const store = (await fresh())(orderKind);
    await transact(store, "taken", cause, count("red"));
    const large = { ...change("order", "large", 0), events: [counted("€".repeat(90_000))] };
    const outcomes = await Promise.allSettled([
      store.commit(change("order", "a", 0)),
      store.commit(change("order", "taken", 0)),
      store.commit(large),
      store.commit(change("order", "b", 0)),
    ]);
    const told = outcomes.map((each) => (each.status === "fulfilled" ? each.value : each.reason.name));
    expect(told).toEqual(["committed", "conflict", "RangeError", "committed"]);
    const stored = await Promise.all(["a", "taken", "large", "b"].map((id) => store.load(id)));
    expect(stored.map(({ revision }) => revision)).toEqual([1, 1, 0, 1]);
  });

  test(`${name}: an event above 256 kB is refused, one just below is kept`, async () => {
    const store = (await fresh())(orderKind);
    await transact(store, "a", cause, count("x".repeat(255_000)));
    await expect(transact(store, "a", cause, count("x".repeat(262_144)))).rejects.toThrow(RangeError);
    expect((await store.load("a")).revision).toBe(1);
  });

  test(`${name}: what an older release wrote is lifted, and committed in the new form`, async () => {
    const open = await fresh();
    await transact(open(orderKind), "a", cause, count("red"));
    const store = open(newOrderKind);
    expect(await store.load("a")).toEqual({ id: "a", revision: 1, state: { count: 100, colour: "red" } });
    expect((await store.find({ where: { colour: "red" }, limit: 2 })).items).toEqual([await store.load("a")]);
    await transact(store, "a", cause, count("blue"));
    expect((await store.load("a")).state.count).toBe(101);
  });

  test(`${name}: what a newer release wrote can be read, and not changed`, async () => {
    const open = await fresh();
    await transact(open(newOrderKind), "a", cause, count("red"));
    const store = open(orderKind);
    expect((await store.load("a")).state.count).toBe(1);
    await expect(transact(store, "a", cause, count("blue"))).rejects.toThrow(WrittenByNewerRelease);
    expect((await store.load("a")).revision).toBe(1);
  });

  testFind(name, async () => {
    const store = (await fresh())(pictureKind);
    return {
      put: async (id, { colour, size }) => {
        const painted: Painted = { type: "Painted", colour, ...(size !== undefined && { size }) };
        await transact(store, id, cause, () => accept(painted));
      },
      find: async (query) => {
        const { items, ...next } = await store.find(query);
        return { ids: items.map(({ id }) => id), ...next };
      },
    };
  });

  test(`${name}: a keyed cause that records nothing is a mistake`, async () => {
    const store = (await fresh())(orderKind);
    const told = { ...cause, key: "play/p1/3" };
    await expect(transact(store, "a", told, () => accept<Counted>())).rejects.toThrow("records nothing");
  });
}
