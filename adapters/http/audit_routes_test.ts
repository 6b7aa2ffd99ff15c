import { expect, test } from "bun:test";
import { createAuditService, type Verifying, verifyJournal } from "../../domains/notification/mod.ts";
import { accept, type Instant, type UserId } from "../../domains/shared/mod.ts";
import type { Permission } from "../../domains/user/mod.ts";
import { type AggregateKind, transact } from "../../ports/mod.ts";
import { createStores, createWitnessStore, openDatabase } from "../sqlite/mod.ts";
import { deriveId, digest, newId } from "../system/mod.ts";
import { createIdempotency, idempotentRequestKind } from "./idempotency.ts";
import { auditRoutes, createGuards, createServer } from "./mod.ts";

type Noted = { readonly type: "Noted"; readonly text: string };
const noteKind: AggregateKind<string, Noted> = {
  name: "note",
  initial: "",
  evolve: (_, { text }) => text,
  upcasters: [],
  indexes: [],
};
const clock = () => "2026-11-23T00:00:00.000Z" as Instant;

/** One service with three notes; `auditor` may read them. */
async function serve() {
  const database = openDatabase(":memory:");
  const { open, records, journal } = createStores(database, clock);
  for (const n of [1, 2, 3]) {
    const cause = { actor: `u${n}` as UserId, correlation: "c1" };
    await transact(open(noteKind), "n1", cause, () => accept<Noted>({ type: "Noted", text: `${n}` }));
  }
  const verifying: Verifying = {
    hash: (...parts) => {
      const sha256 = new Bun.CryptoHasher("sha256");
      for (const part of parts) sha256.update(part);
      return sha256.digest();
    },
    verify: () => false,
    giveWay: async () => {},
  };
  const witnessed = {
    ...{ service: "play", journal, witness: createWitnessStore(database), signing: async () => undefined },
  };
  const verify = () => verifyJournal(witnessed, verifying);
  const audit = createAuditService({ journals: [{ service: "play", journal, verify }], clock });
  const guards = createGuards({
    idempotency: createIdempotency({ requests: records(idempotentRequestKind), clock, newId, deriveId }),
    digest,
    async accessOf(token) {
      const permissions = new Set<Permission>(token === "auditor" ? ["audit:read"] : []);
      return { user: token as UserId, session: "s1", permissions };
    },
    useStepUp: async () => undefined,
  });
  const server = createServer({ log: () => {}, origins: [], answered: () => {} }).use(auditRoutes(audit, guards));
  const ask = (path: string, token = "auditor") =>
    server.handle(new Request(`http://localhost/v1/audit${path}`, { headers: { authorization: `Bearer ${token}` } }));
  return { ask, database };
}

test("an auditor reads what happened, newest first, page by page", async () => {
  const { ask } = await serve();
  const first = (await (await ask("?limit=2&kind=note")).json()) as { items: { id: string }[]; next: string };
  expect(first.items.map(({ id }) => id)).toEqual(["note/n1/3", "note/n1/2"]);
  const second = (await (await ask(`?limit=2&kind=note&after=${encodeURIComponent(first.next)}`)).json()) as object;
  expect(second).toEqual({ items: [expect.objectContaining({ id: "note/n1/1", actor: "u1", data: { text: "1" } })] });
});

test("times are taken in any zone", async () => {
  const { ask } = await serve();
  const listed = async (query: string) => ((await (await ask(query)).json()) as { items: object[] }).items.length;
  expect(await listed(`?from=${encodeURIComponent("2026-11-23T01:00:00+01:00")}`)).toBe(3);
  expect(await listed(`?before=${encodeURIComponent("2026-11-23T01:00:00+01:00")}`)).toBe(0);
  expect((await ask("?from=2026-13-45T00:00:00Z")).status).toBe(422);
});

test("the verification says whether the journals hold, and names the entry that does not", async () => {
  const { ask, database } = await serve();
  expect(await (await ask("/verification")).json()).toEqual({
    holds: true,
    at: clock(),
    services: [{ service: "play", entries: 3, roots: 0, unwitnessed: 3 }],
  });
  database.run("UPDATE journal SET envelope = replace(envelope, 'Noted', 'Noded') WHERE revision = 2");
  expect(await (await ask("/verification")).json()).toMatchObject({
    holds: false,
    services: [{ entries: 1, offence: { fault: "entry-changed", event: "note/n1/2" } }],
  });
});

test("only auditors read, and only what was asked for right", async () => {
  const { ask } = await serve();
  expect((await ask("", "investor")).status).toBe(403);
  expect((await ask("/verification", "investor")).status).toBe(403);
  expect((await ask("?after=play.after.x")).status).toBe(400);
  expect((await ask("?actor=u1")).status).toBe(422);
});
