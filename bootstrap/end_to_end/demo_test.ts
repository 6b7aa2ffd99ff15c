import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Investor } from "../demo/investor.ts";
import { type Listening, listen } from "../demo/records.ts";
import { playStory } from "../demo/story.ts";
import { differences } from "../rebuild.ts";
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

const services = () => Object.values(stand.platform().services);

test("every state that the demo left is what its journal makes of it", async () => {
  for (const { footing, stores } of services()) {
    expect(await differences(footing.stores.journal, stores)).toEqual([]);
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
    let after: string | undefined;
    do {
      const page = await footing.stores.journal.read({ limit: 500, ...(after !== undefined && { after }) });
      for (const { stored } of page.items) {
        expect(stored).not.toContain(refreshToken);
        expect(stored).not.toMatch(/"(seed|mnemonic|privateKey|ciphertext|raw)":/);
      }
      after = page.next;
    } while (after !== undefined);
  }
});
