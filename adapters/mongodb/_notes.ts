import { accept, type Instant, type UserId } from "../../domains/shared/mod.ts";
import type { AggregateKind } from "../../ports/mod.ts";

// What the tests keep.
export type Noted = { readonly type: "Noted"; readonly text: string };
export type Notes = { readonly count: number };

export const notesKind: AggregateKind<Notes, Noted> = {
  name: "notes",
  initial: { count: 0 },
  evolve: ({ count }) => ({ count: count + 1 }),
  upcasters: [],
  indexes: [],
};

export const cause = { actor: "u1" as UserId, correlation: "c1" };
export const noted = (text: string) => accept<Noted>({ type: "Noted", text });
export const clock = () => new Date().toISOString() as Instant;
