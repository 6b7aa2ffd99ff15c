import { expect, test } from "bun:test";
import { createStores, openDatabase } from "../../adapters/sqlite/mod.ts";
import { digest } from "../../adapters/system/mod.ts";
import { type Instant, later, type UserId } from "../shared/mod.ts";
import { createTickets, ticketKind } from "./tickets.ts";

const ann = "ann" as UserId;

function serve() {
  let now = "2026-11-23T00:00:00.000Z" as Instant;
  const store = createStores(openDatabase(":memory:"), () => now).records(ticketKind);
  let made = 0;
  const tickets = createTickets({ tickets: store, clock: () => now, digest, newSecret: () => `secret ${++made}` });
  const pass = (seconds: number) => {
    now = later(now, seconds);
  };
  return { store, tickets, pass };
}

test("a ticket is used once, until its 30 seconds are over", async () => {
  const { tickets, pass } = serve();
  const early = await tickets.issue(ann, "s1");
  const late = await tickets.issue(ann, "s1");
  pass(29);
  expect(await tickets.use(early.ticket)).toMatchObject({ user: ann, session: "s1" });
  expect(await tickets.use(early.ticket)).toBeUndefined();
  pass(1);
  expect(await tickets.use(late.ticket)).toBeUndefined();
});

test("the store holds no secret, and issuing sweeps what nobody used", async () => {
  const { store, tickets, pass } = serve();
  const { ticket } = await tickets.issue(ann, "s1");
  expect(JSON.stringify((await store.find({ where: {}, limit: 9 })).items)).not.toContain(ticket);
  pass(31);
  await tickets.issue(ann, "s1");
  expect((await store.find({ where: {}, limit: 9 })).items).toHaveLength(1);
});
