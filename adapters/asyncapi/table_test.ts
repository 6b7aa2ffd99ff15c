import { expect, test } from "bun:test";
import { t } from "elysia";
import type { Amount, Value } from "../../domains/shared/mod.ts";
import type { AggregateKind } from "../../ports/mod.ts";
import { amount, text, value } from "./_parts.ts";
import { eventsOf } from "./_table.ts";

type Opened = {
  readonly type: "Opened";
  readonly amount: Amount;
  readonly note?: string;
  readonly parts: readonly { readonly value: Value }[];
};
type Event = Opened | { readonly type: "Closed"; readonly why: "done" | "lost" };
const kind: AggregateKind<null, Event> = {
  ...{ name: "thing", initial: null, evolve: () => null, indexes: [] },
  upcasters: [{ state: (old) => old, event: (old) => old }],
};

const note = t.Optional(text("n"));
const parts = t.Array(t.Object({ value }));
const Opened = { amount, note, parts };
const Closed = { why: t.Union([t.Literal("done"), t.Literal("lost")]) };

test("eventsOf() makes closed schemas of a kind's events, in the kind's form", () => {
  const { form, events } = eventsOf(kind, "A thing", { Opened, Closed });
  expect(form).toBe(2);
  expect(events.Opened).toMatchObject({
    type: "object",
    required: ["type", "amount", "parts"],
    properties: { type: { const: "Opened" } },
    additionalProperties: false,
  });
});

test("a table that is not exactly what the domain records does not compile", () => {
  // @ts-expect-error: a type is missing
  eventsOf(kind, "", { Opened });
  // @ts-expect-error: a type is not the domain's
  eventsOf(kind, "", { Opened, Closed, Reopened: {} });
  // @ts-expect-error: a field is missing
  eventsOf(kind, "", { Opened: { amount, note }, Closed });
  // @ts-expect-error: an optional field is missing
  eventsOf(kind, "", { Opened: { amount, parts }, Closed });
  // @ts-expect-error: an optional field is required
  eventsOf(kind, "", { Opened: { ...Opened, note: text("n") }, Closed });
  // @ts-expect-error: a required field is optional
  eventsOf(kind, "", { Opened: { ...Opened, amount: t.Optional(amount) }, Closed });
  // @ts-expect-error: a field is not the domain's
  eventsOf(kind, "", { Opened: { ...Opened, more: amount }, Closed });
  // @ts-expect-error: a text is not an amount
  eventsOf(kind, "", { Opened: { ...Opened, amount: text("1") }, Closed });
  // @ts-expect-error: something nested differs
  eventsOf(kind, "", { Opened: { ...Opened, parts: t.Array(t.Object({ value: t.String() })) }, Closed });
  // @ts-expect-error: a word is missing
  eventsOf(kind, "", { Opened, Closed: { why: t.Literal("done") } });
  expect(eventsOf(kind, "", { Opened, Closed }).kind).toBe("thing");
});
