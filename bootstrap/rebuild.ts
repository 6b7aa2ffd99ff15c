import { isDeepStrictEqual } from "node:util";
import { type AggregateStore, allOf, type Journal, lift } from "../ports/mod.ts";

// biome-ignore lint/suspicious/noExplicitAny: stores of every kind.
export type AnyStore = AggregateStore<any, any>;

/**
 * Replays a service's journal and compares what comes out with the stored states. Answers the ids (`kind/aggregate`) that
 * differ: none, unless a store or an `evolve` is broken.
 */
export async function differences(journal: Journal, stores: readonly AnyStore[]): Promise<readonly string[]> {
  const states = new Map<string, { readonly store: AnyStore; readonly id: string; state: unknown; revision: number }>();
  for await (const { envelope } of allOf((place) => journal.read({ limit: 500, ...place }))) {
    const { kind, aggregate, revision, schema, event } = envelope;
    const store = stores.find((each) => each.kind.name === kind);
    if (!store) throw new Error(`Cannot replay ${envelope.id}: there is no store of its kind`);
    const name = `${kind}/${aggregate}`;
    const { state } = states.get(name) ?? { state: store.kind.initial };
    const lifted = lift(store.kind, "event", schema, event);
    states.set(name, { store, id: aggregate, state: store.kind.evolve(state, lifted), revision });
  }
  const different: string[] = [];
  for (const [name, { store, id, state, revision }] of states) {
    const stored = await store.load(id);
    if (stored.revision !== revision || !isDeepStrictEqual(plain(stored.state), plain(state))) different.push(name);
  }
  return different;
}

/** As JSON keeps it: a field that is undefined is none. */
function plain(state: unknown): unknown {
  return JSON.parse(JSON.stringify(state));
}
