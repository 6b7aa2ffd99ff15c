import { type Static, type TSchema, t } from "elysia";
import type { Value } from "../../domains/shared/mod.ts";
import { type AggregateKind, schemaOf } from "../../ports/mod.ts";
import { closed } from "./_parts.ts";

/** What the events of one kind are. */
export type KindOfEvents = {
  readonly kind: string;
  readonly about: string;
  /** The form that they are recorded in now. */
  readonly form: number;
  /** Of every type the JSON Schema. */
  readonly events: Readonly<Record<string, TSchema>>;
};

type Typed = { readonly type: string };
type Fields = Readonly<Record<string, TSchema>>;

/** One shape however it is spelled: intersections are one object, nothing is read-only. A value, or what may be anything, is left. */
type Plain<T> = [Value] extends [T]
  ? T
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends readonly (infer Each)[]
      ? Plain<Each>[]
      : { -readonly [Key in keyof T]: Plain<T[Key]> };

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

type Recorded<Event extends Typed, Type> = Plain<Omit<Extract<Event, { readonly type: Type }>, "type">>;
type Described<Of> = Plain<{ readonly [Field in "of"]: Of }>;

/** Fields that are not exactly the domain's do not compile. */
type Exact<Event extends Typed, Table> = {
  readonly [Type in keyof Table]: Table[Type] extends Fields
    ? Same<Described<Static<ReturnType<typeof closed<Table[Type]>>>>, Described<Recorded<Event, Type>>> extends true
      ? Table[Type]
      : { readonly "the domain records": Recorded<Event, Type> }
    : never;
};

/** The fields of every type of a kind's events: exactly what the domain records, which the compiler checks. */
export function eventsOf<State, Event extends Typed, const Table extends { readonly [Type in Event["type"]]: Fields }>(
  kind: AggregateKind<State, Event>,
  about: string,
  table: Table & Exact<Event, Table>,
): KindOfEvents {
  const fields: Readonly<Record<string, Fields>> = table;
  const events = Object.entries(fields).map(([type, each]) => [type, closed({ type: t.Literal(type), ...each })]);
  return { kind: kind.name, about, form: schemaOf(kind), events: Object.fromEntries(events) };
}
