import { type Decision, refuse } from "../domains/shared/mod.ts";
import { queued } from "./_queue.ts";
import { type AggregateStore, type Change, type Loaded, schemaOf } from "./aggregate_store.ts";
import type { Cause } from "./envelope.ts";
import { Contention } from "./faults.ts";

// The cores are compiled without a runtime's types: of the runtime, only this timer is used here.
declare const setTimeout: (wake: () => void, milliseconds: number) => unknown;

const attempts = 20;

/** A command that never refuses has no refused outcome: the compiler knows. */
export type Outcome<State, Refusal extends string> = ({ readonly ok: true } & Loaded<State>) | Refused<Refusal>;

type Refused<Refusal extends string> = [Refusal] extends [never]
  ? never
  : { readonly ok: false; readonly refusal: Refusal };

/**
 * Loads, decides, commits; where another writer came first, decides again on what they wrote. A cause whose key the
 * aggregate has recorded changes nothing.
 */
export async function transact<State, Event extends { readonly type: string }, Refusal extends string>(
  store: AggregateStore<State, Event>,
  id: string,
  cause: Cause,
  decide: (state: State, revision: number) => Decision<Event, Refusal>,
): Promise<Outcome<State, Refusal>> {
  const outcome = await transactTogether({ it: { store, id } }, cause, ({ it }) => {
    const decision = decide(it.state, it.revision);
    return decision.ok ? { ok: true, events: { it: decision.events } } : decision;
  });
  return (outcome.ok ? { ok: true, ...outcome.it } : outcome) as Outcome<State, Refusal>;
}

/** One of the aggregates that a command changes together. */
export type Target<State, Event extends { readonly type: string }> = {
  readonly store: AggregateStore<State, Event>;
  readonly id: string;
};

// biome-ignore lint/suspicious/noExplicitAny: only `any` accepts targets of every kind; the types below recover each one.
type Targets = Readonly<Record<string, Target<any, any>>>;
type StateOf<T> = T extends Target<infer State, infer _> ? State : never;
type EventOf<T> = T extends Target<infer _, infer Event> ? Event : never;
type LoadedOf<T extends Targets> = { readonly [Name in keyof T]: Loaded<StateOf<T[Name]>> };

/** What a decision about several aggregates records of each. */
export type Together<T extends Targets, Refusal extends string> =
  | { readonly ok: true; readonly events: { readonly [Name in keyof T]?: readonly EventOf<T[Name]>[] } }
  | { readonly ok: false; readonly refusal: Refusal };

/** Like `transact`, for several aggregates of one service: all that the decision records is committed, or nothing. */
export async function transactTogether<T extends Targets, Refusal extends string = never>(
  targets: T,
  cause: Cause,
  decide: (loaded: LoadedOf<T>) => Together<T, Refusal>,
): Promise<({ readonly ok: true } & LoadedOf<T>) | Refused<Refusal>> {
  const names = Object.values(targets).map(({ store, id }) => `${store.kind.name}/${id}`);
  return await queued(names, async () => {
    for (let attempt = 0; attempt < attempts; attempt++) {
      await pause(attempt);
      const outcome = await attemptTogether(targets, cause, decide);
      if (outcome !== "conflict") return outcome;
    }
    throw new Contention(`Cannot change ${names.join(" and ")}: ${attempts} attempts met another writer`);
  });
}

async function attemptTogether<T extends Targets, Refusal extends string>(
  targets: T,
  cause: Cause,
  decide: (loaded: LoadedOf<T>) => Together<T, Refusal>,
): Promise<({ readonly ok: true } & LoadedOf<T>) | Refused<Refusal> | "conflict"> {
  const entries = Object.entries(targets);
  const loaded = Object.fromEntries(
    await Promise.all(entries.map(async ([name, { store, id }]) => [name, await store.load(id)] as const)),
  ) as LoadedOf<T>;
  const { key } = cause;
  if (key !== undefined) {
    const known = await Promise.all(entries.map(([, { store, id }]) => store.recorded(id, key)));
    if (known.includes(true)) return { ok: true, ...loaded };
  }
  const decision = decide(loaded);
  if (!decision.ok) return decision as Refused<Refusal>;
  const changes = entries.flatMap(([name, target]) => changeOf(target, loaded[name], decision.events[name], cause));
  const [first, ...others] = changes;
  if (!first && key !== undefined) {
    const asked = entries.map(([, { store, id }]) => `${store.kind.name} "${id}"`).join(" and ");
    throw new Error(`Cannot remember "${key}": ${asked} records nothing`);
  }
  if (!first) return { ok: true, ...loaded };
  const [target] = entries.map(([, { store }]) => store);
  if ((await target?.commit(first, ...others)) !== "committed") return "conflict";
  const changed = Object.fromEntries(
    entries.map(([name, { store, id }]) => {
      const change = changes.find((each) => each.kind === store.kind.name && each.id === id);
      const after = change && { id, revision: change.revision + change.events.length, state: change.state };
      return [name, after ?? loaded[name]];
    }),
  ) as LoadedOf<T>;
  return { ok: true, ...changed };
}

function changeOf<State, Event extends { readonly type: string }>(
  { store, id }: Target<State, Event>,
  loaded: Loaded<State> | undefined,
  events: readonly Event[] | undefined,
  cause: Cause,
): Change[] {
  if (!loaded || !events || events.length === 0) return [];
  const { kind } = store;
  const state = events.reduce(kind.evolve, loaded.state);
  return [{ kind: kind.name, schema: schemaOf(kind), id, revision: loaded.revision, state, events, cause }];
}

/** Losers of a race come back at different moments. */
async function pause(attempt: number): Promise<void> {
  if (attempt === 0) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, Math.random() * Math.min(2 ** attempt, 64));
  await promise;
}

/** Decides only on the revision that the caller has seen. */
export function atRevision<State, Event, Refusal extends string>(
  expected: number,
  decide: (state: State) => Decision<Event, Refusal>,
) {
  return (state: State, revision: number): Decision<Event, Refusal | "revision-stale"> =>
    revision === expected || revision === 0 ? decide(state) : refuse("revision-stale");
}
