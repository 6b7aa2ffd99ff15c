import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Amount, addAmounts, amount, compareAmounts, zero } from "../shared/mod.ts";
import { at, definition, offerer, publishedPlay, publishedVersion, termsOf } from "./_world_test.ts";
import {
  type Capacity,
  type Claim,
  type Claiming,
  claimCapacity,
  evolveCapacity,
  evolveClaim,
  releaseCapacity,
  takeCapacity,
} from "./capacity.ts";
import { evolve } from "./play.ts";

const { user, wallet } = termsOf("p1", "o1");
const paused = evolve(publishedPlay, { type: "PlayPaused", reason: "audit", by: offerer });
const version = publishedVersion;
const none: Claim = { status: "none" };

type Book = { capacity: Capacity; claims: Map<string, Claim> };
type Command = (book: Book) => void;

const orders = ["o1", "o2", "o3", "o4", "o5"];
const order = fc.constantFrom(...orders);
const claimOf = ({ claims }: Book, id: string) => claims.get(id) ?? none;

function record(book: Book, id: string, entered: string | undefined, made: Claiming): void {
  const changes = made.capacity ?? [];
  book.capacity = changes.reduce(evolveCapacity, book.capacity);
  book.claims.set(id, made.claim.reduce(evolveClaim, claimOf(book, id)));
  if (entered === undefined) return;
  book.claims.set(entered, (made.entered ?? []).reduce(evolveClaim, claimOf(book, entered)));
}

const coming = fc
  .record({
    id: order,
    action: fc.constantFrom("enter", "adjust", "exit"),
    size: fc.integer({ min: 1, max: 1100 }),
    play: fc.constantFrom(publishedPlay, publishedPlay, publishedPlay, paused),
  })
  .map(({ id, action, size, play }): Command => {
    const asked = termsOf("p1", id, { action, amount: action === "exit" ? zero : amount(BigInt(size)) });
    return (book) =>
      record(book, id, undefined, claimCapacity(book.capacity, claimOf(book, id), asked, { play, version, at }));
  });

const dropping = fc.record({ id: order, emptied: fc.option(order) }).map(({ id, emptied }): Command => {
  return (book) => {
    const ending = { order: id, reason: "cancelled" };
    const entered = emptied === null || emptied === id ? undefined : emptied;
    const stood = entered === undefined ? undefined : claimOf(book, entered);
    record(book, id, entered, releaseCapacity(book.capacity, claimOf(book, id), ending, stood));
  };
});

const filling = fc
  .record({ id: order, position: order, action: fc.constantFrom("enter", "adjust", "exit"), whole: fc.boolean() })
  .filter(({ id, position, action }) => (action === "enter") === (id === position))
  .map(({ id, position, action, whole }): Command => {
    const took = { order: id, user, wallet, action, position, closed: action === "exit" && whole };
    return (book) => {
      const own = claimOf(book, id);
      const taking = takeCapacity(book.capacity, own, claimOf(book, position), took);
      record(book, id, position === id ? undefined : position, taking);
    };
  });

test("whatever orders come and end, in any order and again, what is claimed is the sum of standing claims, within capacity", () => {
  const law = fc.property(fc.array(fc.oneof(coming, dropping, filling), { maxLength: 60 }), (commands) => {
    const book: Book = { capacity: { claimed: zero }, claims: new Map() };
    for (const command of commands) {
      command(book);
      const sums = [...book.claims.values()].map((claim): Amount => ("amount" in claim ? claim.amount : zero));
      expect(book.capacity.claimed).toBe(addAmounts(zero, ...sums));
      expect(compareAmounts(book.capacity.claimed, definition.capacity ?? zero)).toBeLessThanOrEqual(0);
    }
    // Every order that ends gives back what it had, unless a position has it.
    for (const id of orders) {
      record(book, id, undefined, releaseCapacity(book.capacity, claimOf(book, id), { order: id, reason: "end" }));
    }
    const positions = [...book.claims.values()].map((claim) => (claim.status === "taken" ? claim.amount : zero));
    expect(book.capacity.claimed).toBe(addAmounts(zero, ...positions));
  });
  fc.assert(law, { numRuns: 1000 });
});
