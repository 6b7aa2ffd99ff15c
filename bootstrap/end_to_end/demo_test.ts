import { afterAll, beforeAll, expect, test } from "bun:test";
import { createJudge, type Document, faultsOf } from "../../adapters/asyncapi/_judges_test.ts";
import { eventsTable } from "../../adapters/asyncapi/mod.ts";
import type { Journal } from "../../ports/mod.ts";
import { call } from "../client.ts";
import type { Investor } from "../demo/investor.ts";
import { type Listening, listen } from "../demo/records.ts";
import { playStory } from "../demo/story.ts";
import { until } from "../demo/until.ts";
import { kinds as busKinds } from "../distributed/accounts.ts";
import { differences } from "../rebuild.ts";
import type { ServiceName } from "../service_names.ts";
import type { Service } from "../services.ts";
import { type Stand, startStand } from "./stand.ts";

let stand: Stand;
let investor: Investor;
let admins: Listening;
beforeAll(async () => {
  stand = await startStand();
  admins = await listen({ client: stand.team.admin });
  const { chainUrl, contracts } = stand.development;
  investor = await playStory({ url: stand.url, chainUrl, contracts });
}, 180_000);
afterAll(() => stand[Symbol.asyncDispose]());

const services = () => Object.values(stand.platform().services) as readonly Service[];

test("every state that the demo left is what its journal makes of it", async () => {
  for (const { footing, stores } of services()) {
    // The last news of the demo may still be on its way.
    const compare = () => differences(footing.stores.journal, stores);
    await until(`${footing.name} to be what its journal says`, compare, (found) => found.length === 0, 10_000);
  }
});

test("the team saw its tasks change live", () => {
  const told = new Set(admins.frames.map(({ type }) => type));
  const wanted = [
    "opened",
    "claimed",
    "step-completed",
    "step-approved",
    "transfer-asked",
    "step-succeeded",
    "completed",
  ];
  for (const what of wanted) expect([...told]).toContain(`task.${what}`);
  for (const type of ["task.step-failed", "task.compensated", "incident.opened", "play.published"]) {
    expect([...told]).toContain(type);
  }
  admins.close();
});

test("nothing is parked", async () => {
  for (const { footing } of services()) expect((await footing.parked.list({ limit: 10 })).items).toEqual([]);
});

test("every event that the demo left is what /asyncapi.json says, which knows the services' kinds and no others", async () => {
  const { body: document } = await call<Document>(stand.url, "GET", "/asyncapi.json");
  expect(faultsOf(document)).toEqual([]);
  const judge = createJudge(document);
  for (const { footing, stores } of services()) {
    const { publishes, consumes } = busKinds[footing.name as ServiceName];
    expect(stores.map(({ kind }) => kind.name).sort()).toEqual([...publishes].sort());
    expect(new Set(["user", ...footing.consumes])).toEqual(new Set(["user", ...consumes]));
  }
  const kinds = services().flatMap(({ stores }) => stores.map(({ kind }) => kind.name));
  const events = Object.entries(document.components.messages).filter(([, message]) => "x-schema-version" in message);
  const described = new Set(events.map(([name]) => name.split(".")[0] ?? ""));
  expect([...described].sort()).toEqual(kinds.sort());
  expect(Object.keys(eventsTable).sort()).toEqual(kinds.sort());
  const seen = new Set<string>();
  for (const { footing } of services()) {
    for await (const { envelope } of entriesOf(footing.stores.journal)) {
      const { kind, event } = envelope;
      expect(judge(`${kind}.${event.type}`, "payload", event)).toBeUndefined();
      seen.add(`${kind}.${event.type}`);
    }
  }
  expect(seen.size).toBeGreaterThan(events.length / 2);
});

test("every entry has an actor, a time, a correlation, and a cause and key where an event asked for it", async () => {
  for (const { footing } of services()) {
    const { items } = await footing.stores.journal.read({ limit: 500 });
    for (const { envelope } of items) {
      const { actor, correlation, event, key } = envelope.cause;
      expect(actor).toBeString();
      expect(correlation).not.toBe("");
      expect(envelope.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      if (event !== undefined) expect(key).toStartWith(event);
    }
  }
});

test("all is as it was after a restart", async () => {
  const read = async () => ({
    orders: await investor.client.get("/v1/orders"),
    positions: await investor.client.get("/v1/portfolio/positions"),
    entries: await investor.client.get("/v1/portfolio/entries"),
    inbox: await investor.client.get("/v1/notifications?limit=200"),
    plays: await stand.team.admin.get("/v1/plays"),
  });
  const before = await read();
  await stand.restart();
  expect(await read()).toEqual(before);
  expect(await stand.team.admin.get("/v1/audit/verification")).toMatchObject({ holds: true });
});

test("no seed, and no secret of a session, is in any answer, journal or log of the demo", async () => {
  const { refreshToken } = investor.client;
  for (const { footing } of services()) {
    for await (const { stored } of entriesOf(footing.stores.journal)) {
      expect(stored).not.toContain(refreshToken);
      expect(stored).not.toMatch(/"(seed|mnemonic|privateKey|ciphertext|raw)":/);
    }
  }
});

async function* entriesOf(journal: Journal) {
  let after: string | undefined;
  do {
    const page = await journal.read({ limit: 500, ...(after !== undefined && { after }) });
    yield* page.items;
    after = page.next;
  } while (after !== undefined);
}
