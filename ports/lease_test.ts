import { expect, test } from "bun:test";
import { createStores, openDatabase } from "../adapters/sqlite/mod.ts";
import type { Instant } from "../domains/shared/mod.ts";
import { createLease, leaseKind } from "./lease.ts";

/** Two replicas, each with a clock of its own: clocks need not agree. */
function replicas() {
  const leases = createStores(openDatabase(":memory:"), () => "" as Instant).records(leaseKind);
  const replica = (holder: string, start: number) => {
    let time = start;
    const lease = createLease({ leases, name: "sweep", holder, milliseconds: 1_000, now: () => time });
    const pass = (milliseconds: number) => {
      time += milliseconds;
    };
    return { ...lease, pass };
  };
  return { one: replica("one", 0), other: replica("other", 1_000_000) };
}

test("a lease is held by one, as long as it is renewed", async () => {
  const { one, other } = replicas();
  expect([await one.hold(), await other.hold()]).toEqual([true, false]);
  for (let round = 0; round < 5; round++) {
    for (const { pass } of [one, other]) pass(900);
    expect([await one.hold(), await other.hold()]).toEqual([true, false]);
  }
  expect([one.held(), other.held()]).toEqual([true, false]);
});

test("a lease that was not renewed for its time goes to who has seen that", async () => {
  const { one, other } = replicas();
  await one.hold();
  await other.hold();
  other.pass(999);
  expect(await other.hold()).toBe(false);
  other.pass(1);
  expect(await other.hold()).toBe(true);
  expect(await one.hold()).toBe(false);
});

test("a holder that was paused beyond its lease knows it without asking", async () => {
  const { one } = replicas();
  await one.hold();
  one.pass(999);
  expect(one.held()).toBe(true);
  one.pass(1);
  expect(one.held()).toBe(false);
});

test("a lease that is released is free at once, and only its holder's to release", async () => {
  const { one, other } = replicas();
  await one.hold();
  await other.release();
  expect(await other.hold()).toBe(false);
  await one.release();
  expect(one.held()).toBe(false);
  expect(await other.hold()).toBe(true);
});

test("a lease that changed hands is no older than its last renewal", async () => {
  const { one, other } = replicas();
  await one.hold();
  await other.hold();
  other.pass(1_000);
  await one.release();
  await one.hold();
  expect(await other.hold()).toBe(false);
});

test("of two who find a lease free, one takes it", async () => {
  const { one, other } = replicas();
  expect((await Promise.all([one.hold(), other.hold()])).toSorted()).toEqual([false, true]);
});
