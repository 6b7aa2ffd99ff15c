import { expect, test } from "bun:test";
import { withMongodb } from "../../bootstrap/servers/mod.ts";
import { type Envelope, StoreUnreachable, transact, transactTogether } from "../../ports/mod.ts";
import { cause, noted } from "./_notes.ts";
import { type Fate, startProxy } from "./_proxy_test.ts";
import { freshName, replica, textOf } from "./_stand_test.ts";

/** Park and Miller's generator: the same seed loses the same replies, up to the order of things. */
function randomOf(seed: number) {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const writes = new Set(["insert", "update", "findAndModify", "delete", "commitTransaction"]);
const commands = 160;

await withMongodb((url) => {
  for (const [what, lost, retried] of [
    ["are cut off", "cut", "true"],
    ["are cut off, and the driver does not try again", "cut", "false"],
    ["never come", "stall", "false"],
  ] as const) {
    const seed = 1 + Math.floor(Math.random() * 1_000_000);
    test(`where replies to writes ${what}, no command is lost or done twice (seed ${seed})`, async () => {
      const random = randomOf(seed);
      let losing = false;
      let count = 0;
      const fateOf = (command: string): Fate => {
        if (!losing || !writes.has(command) || random() > 0.12) return "deliver";
        count++;
        return lost;
      };
      await using proxy = await startProxy(url, fateOf);
      const name = freshName();
      const deadline = lost === "stall" ? 400 : 5_000;
      // A replica set would tell the driver to go past the proxy.
      const through = `${proxy.url}/?directConnection=true&retryWrites=${retried}`;
      const { notes, stores } = replica(through, name, {}, deadline);
      const direct = replica(url, name);
      await stores.ready();
      losing = true;

      const acknowledged = new Set<string>();
      const command = async (n: number) => {
        const id = `a${n % 8}`;
        const text = `${n}`;
        // Some change two aggregates, some are told again until they are taken, some are left where nobody knows.
        const together = { one: { store: notes, id }, other: { store: notes, id: `b${n % 8}` } };
        const event = { type: "Noted", text } as const;
        const told = n % 2 === 0 ? { ...cause, key: `k${n}` } : cause;
        for (let done = false; !done; ) {
          try {
            if (n % 5 === 0)
              await transactTogether(together, told, () => ({ ok: true, events: { one: [event], other: [event] } }));
            else await transact(notes, id, told, () => noted(text));
            acknowledged.add(text);
            done = true;
          } catch (error) {
            expect(error).toBeInstanceOf(StoreUnreachable);
            done = n % 2 !== 0;
          }
        }
      };
      const lanes = Array.from({ length: 8 }, async (_, lane) => {
        for (let n = lane; n < commands; n += 8) await command(n);
      });
      await Promise.all(lanes);
      losing = false;
      proxy.cutAll();

      expect(count).toBeGreaterThan(10);
      const { items } = await settledJournal(direct, name);
      const perAggregate = Map.groupBy(items, (each) => `${each.aggregate}`);
      for (const [id, events] of perAggregate) {
        const state = await direct.notes.load(id);
        expect(state).toMatchObject({ revision: events.length, state: { count: events.length } });
        const texts = events.map(textOf);
        expect(new Set(texts).size).toBe(texts.length);
      }
      const texts = items.map((each) => `${textOf(each)} ${each.aggregate[0]}`);
      for (const text of acknowledged) {
        expect(texts).toContain(`${text} a`);
        if (Number(text) % 5 === 0) expect(texts).toContain(`${text} b`);
      }
      for (let n = 0; n < commands; n += 2) expect(acknowledged).toContain(`${n}`);
    });
  }

  test("a transaction whose first answer never comes lets go of what it holds", async () => {
    let losing = false;
    const fateOf = (command: string): Fate => (losing && command === "findAndModify" ? "stall" : "deliver");
    await using proxy = await startProxy(url, fateOf);
    const { notes: store, stores } = replica(`${proxy.url}/?directConnection=true`, freshName(), {}, 400);
    const event = { type: "Noted", text: "x" } as const;
    const targets = { one: { store, id: "a" }, other: { store, id: "b" } };
    const noteBoth = () =>
      transactTogether(targets, cause, () => ({ ok: true, events: { one: [event], other: [event] } }));
    await noteBoth();
    await stores.journal.read({ limit: 1 });
    losing = true;
    await expect(noteBoth()).rejects.toThrow(StoreUnreachable);
    losing = false;
    expect(await noteBoth()).toMatchObject({ one: { revision: 2 }, other: { revision: 2 } });
  });

  /** Carries everything that is left, whoever left it; the journal then. */
  async function settledJournal({ stores }: ReturnType<typeof replica>, name: string) {
    const collection = replica(url, name).database.db.collection("aggregate_notes");
    await using _ = stores.sweep(() => {}, { grace: 0, lease: 60 });
    const empty = async () => (await collection.countDocuments({ "outbox.0": { $exists: true } })) === 0;
    const stop = new AbortController();
    const carrying = (async () => {
      while (!stop.signal.aborted) await stores.outbox.published(await stores.outbox.next(stop.signal));
    })().catch(() => {});
    while (!(await empty())) await Bun.sleep(20);
    stop.abort();
    await carrying;
    const { items } = await stores.journal.read({ limit: 10_000 });
    return { items: items.map(({ envelope }): Envelope => envelope) };
  }
});
