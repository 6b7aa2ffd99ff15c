import { expect, test } from "bun:test";
import { withMongodb } from "../../bootstrap/servers/mod.ts";
import { OutboxFull, transact } from "../../ports/mod.ts";
import { cause, noted } from "./_notes.ts";
import { startProxy } from "./_proxy_test.ts";
import { drain, freshName, replica, textOf, tryOnce } from "./_stand_test.ts";

const aggregates = Array.from({ length: 8 }, (_, i) => `a${i}`);
const ids = (told: readonly { readonly id: string }[]) => told.map(({ id }) => id);

await withMongodb((url) => {
  /** Replicas of one service, each with its own connections. */
  function replicas<Count extends number>(count: Count) {
    const name = freshName();
    return Array.from({ length: count }, () => replica(url, name)) as [
      ReturnType<typeof replica>,
      ...ReturnType<typeof replica>[],
    ];
  }

  test("64 writers in four replicas race on 8 aggregates: the count is exact, each event is carried once, in order", async () => {
    const shared = replicas(4);
    let conflicts = 0;
    const writers = Array.from({ length: 64 }, async (_, writer) => {
      const { notes } = shared[writer % 4] ?? shared[0];
      for (let round = 0; round < 5; round++) {
        while ((await tryOnce(notes, `a${(writer + round) % 8}`, `${writer}/${round}`)) === "conflict") {
          conflicts++;
          await Bun.sleep(Math.random() * 20);
        }
      }
    });
    await Promise.all(writers);
    expect(conflicts).toBeGreaterThan(0);
    const states = await Promise.all(aggregates.map((id) => shared[0].notes.load(id)));
    expect(states.reduce((sum, { state }) => sum + state.count, 0)).toBe(320);

    const carried: string[] = [];
    await Promise.all(
      shared.map(async ({ stores: { outbox, journal } }) => {
        // Reading the journal files what this replica has: what it carries is known then.
        await journal.read({ limit: 1 });
        const events = await Promise.race([outbox.next(AbortSignal.timeout(5_000)), Bun.sleep(200).then(() => [])]);
        carried.push(...ids(events));
        await outbox.published(events);
      }),
    );
    expect(new Set(carried).size).toBe(320);
    const { items } = await shared[0].stores.journal.read({ limit: 1_000 });
    expect(new Set(items.map(({ envelope }) => textOf(envelope))).size).toBe(320);
    for (const id of aggregates) {
      const revisions = items
        .filter(({ envelope }) => envelope.aggregate === id)
        .map(({ envelope }) => envelope.revision);
      expect(revisions).toEqual(Array.from({ length: revisions.length }, (_, i) => i + 1));
    }
    const left = await shared[0].database.db
      .collection("aggregate_notes")
      .countDocuments({ "outbox.0": { $exists: true } });
    expect(left).toBe(0);
  });

  test("what another replica committed before goes first, whoever carries it", async () => {
    const [one, other] = replicas(2);
    const [first, second] = [one, other ?? one];
    await transact(first.notes, "a", cause, () => noted("1"));
    await transact(first.notes, "a", cause, () => noted("2"));
    expect(await tryOnce(second.notes, "a", "3")).toBe("committed");
    const told = await drain(second.stores.outbox, (events) => events.some(({ revision }) => revision === 3));
    expect(told.map(({ revision }) => revision)).toEqual([1, 2, 3]);
  });

  test("who reads the journal on and on misses no entry, though a replica is slow to file", async () => {
    let slow = false;
    await using proxy = await startProxy(url, (command) => (slow && command === "insert" ? "delay" : "deliver"));
    const name = freshName();
    const late = replica(`${proxy.url}/?directConnection=true`, name);
    const [reader, prompt] = [replica(url, name), replica(url, name)];
    // What a replica has committed is filed when it is asked for.
    const file = ({ stores }: typeof late) => stores.journal.read({ limit: 1 });
    for (const each of [late, prompt]) {
      expect(await tryOnce(each.notes, "a", "begun")).toBe("committed");
      await file(each);
    }
    const seen: string[] = [];
    let after: string | undefined;
    const readOn = async () => {
      const { items } = await reader.stores.journal.read({ limit: 9, ...(after !== undefined && { after }) });
      seen.push(...items.map(({ envelope }) => envelope.id));
      after = items.at(-1)?.cursor ?? after;
    };
    while (seen.length < 2) await readOn();
    slow = true;
    expect(await tryOnce(late.notes, "a", "slow")).toBe("committed");
    const filing = file(late);
    await Bun.sleep(50);
    for (let n = 1; n <= 20; n++) {
      expect(await tryOnce(prompt.notes, "b", `${n}`)).toBe("committed");
      await Promise.all([file(prompt), readOn()]);
    }
    await filing;
    while (!seen.includes("notes/b/20")) await readOn();
    expect(seen.slice(2)).toEqual(["notes/a/3", ...Array.from({ length: 20 }, (_, i) => `notes/b/${i + 1}`)]);
  });

  test("a batch whose process died when it had its places is filed by the next who file", async () => {
    const name = freshName();
    const dead = replica(url, name);
    await dead.stores.ready();
    const sequences = dead.database.db.collection<{ _id: string; place: number; batch?: object }>("sequence");
    const entries = dead.database.db.collection<{ _id: string }>("journal");
    // It files, and dies when half of it is filed: as if the other writes had not come through.
    for (const id of ["a", "b"]) expect(await tryOnce(dead.notes, id, "1")).toBe("committed");
    await dead.stores.journal.read({ limit: 1 });
    await entries.deleteOne({ _id: "notes/a/1" });
    const events = ["a", "b"].map((aggregate) => ({ kind: "notes", aggregate, revision: 1 }));
    await sequences.updateOne({ _id: "journal" }, { $set: { batch: { token: "dead", events } } });

    const next = replica(url, name);
    expect((await next.stores.journal.read({ limit: 9 })).items).toEqual([]);
    expect(await tryOnce(next.notes, "c", "1")).toBe("committed");
    const { items } = await next.stores.journal.read({ limit: 9 });
    expect(items.map(({ envelope }) => envelope.id)).toEqual(["notes/a/1", "notes/b/1", "notes/c/1"]);
  });

  test("an event that the journal has in another form is told, not filed over it, and holds up no other", async () => {
    const name = freshName();
    const { notes, stores, database } = replica(url, name);
    expect(await tryOnce(notes, "a", "1")).toBe("committed");
    await stores.journal.read({ limit: 1 });
    await database.db
      .collection<{ _id: string }>("journal")
      .updateOne({ _id: "notes/a/1" }, { $set: { hash: "other" } });
    const other = replica(url, name);
    expect(await tryOnce(other.notes, "a", "2")).toBe("committed");
    expect(await tryOnce(other.notes, "b", "1")).toBe("committed");
    const { outbox, journal } = other.stores;
    const others = ["notes/a/2", "notes/b/1"];
    expect(ids(await drain(outbox, (told) => told.length === 2))).toEqual(others);
    await expect(outbox.next(AbortSignal.timeout(5_000))).rejects.toThrow("Cannot journal notes/a/1");
    expect(ids((await journal.read({ limit: 9 })).items.map(({ envelope }) => envelope))).toEqual([
      "notes/a/1",
      ...others,
    ]);
  });

  test("an aggregate whose outbox is full changes no more until the bus has taken some", async () => {
    const { notes, stores } = replica(url, freshName(), { outbox: 5 });
    for (let n = 1; n <= 5; n++) expect(await tryOnce(notes, "a", `${n}`)).toBe("committed");
    await expect(tryOnce(notes, "a", "6")).rejects.toThrow(OutboxFull);
    expect(await tryOnce(notes, "b", "1")).toBe("committed");
    expect((await notes.load("a")).revision).toBe(5);
    await drain(stores.outbox, (told) => told.length === 6);
    expect(await tryOnce(notes, "a", "6")).toBe("committed");
  });

  test("large events fill an outbox before its document is full", async () => {
    const { notes } = replica(url);
    const large = "x".repeat(255_000);
    const commits = async () => {
      for (let n = 0; n < 60; n++) await tryOnce(notes, "a", large);
    };
    await expect(commits()).rejects.toThrow(OutboxFull);
  });

  test("a process that has too many events for the bus commits no more until it has taken some", async () => {
    const { notes, stores } = replica(url, freshName(), { backlog: 3 });
    for (let n = 1; n <= 3; n++) expect(await tryOnce(notes, `${n}`, "x")).toBe("committed");
    const refused = tryOnce(notes, "4", "x");
    await expect(refused).rejects.toThrow(OutboxFull);
    await expect(refused).rejects.toMatchObject({ retryable: true });
    await drain(stores.outbox, (told) => told.length === 3);
    expect(await tryOnce(notes, "4", "x")).toBe("committed");
  });
});
