import { expect, test } from "bun:test";
import { join } from "node:path";
import { withMongodb } from "../../bootstrap/servers/mod.ts";
import type { Envelope } from "../../ports/mod.ts";
import { drain, freshName, replica, textOf, tryOnce } from "./_stand_test.ts";

const quiet = () => {};
const soon = { grace: 0.2, lease: 150 };

await withMongodb((url) => {
  /** Commits in a process of its own, which is killed when so many commits were acknowledged. */
  async function commitAndDie(name: string, many: number): Promise<Set<string>> {
    const file = join(import.meta.dir, "_committing.ts");
    const child = Bun.spawn([process.execPath, file, url, name], { stdio: ["ignore", "pipe", "inherit"] });
    let told = "";
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) {
      told += decoder.decode(chunk, { stream: true });
      if (told.split("\n").length > many) child.kill("SIGKILL");
    }
    await child.exited;
    return new Set(told.split("\n").slice(0, -1));
  }

  test("what a killed process left in its outboxes is carried by another one: all of it, in order, once", async () => {
    const name = freshName();
    const acknowledged = await commitAndDie(name, 100);
    const { stores, notes, database } = replica(url, name);
    await using _ = stores.sweep(quiet, soon);
    const unsent = { "outbox.0": { $exists: true } };
    const collection = database.db.collection("aggregate_notes");
    const carried: Envelope[] = [];
    while ((await collection.countDocuments(unsent)) > 0) {
      const events = await stores.outbox.next(AbortSignal.timeout(20_000));
      carried.push(...events);
      await stores.outbox.published(events);
    }
    const texts = new Set(carried.map(textOf));
    for (const text of acknowledged) expect(texts).toContain(text);
    expect(new Set(carried.map(({ id }) => id)).size).toBe(carried.length);
    for (const [id, events] of Map.groupBy(carried, ({ aggregate }) => aggregate)) {
      const { revision } = await notes.load(id);
      expect(events.map((event) => event.revision)).toEqual(Array.from({ length: revision }, (_, i) => i + 1));
    }
    const { items } = await stores.journal.read({ limit: 10_000 });
    expect(items.length).toBe(carried.length);
  });

  test("of two replicas one carries what is left behind, and the other when that one is gone", async () => {
    const name = freshName();
    const [one, other, committing] = [replica(url, name), replica(url, name), replica(url, name)];
    const took: string[] = [];
    const telling = (who: string) => (message: string) => void (message.startsWith("Carrying") && took.push(who));
    const first = one.stores.sweep(telling("one"), soon);
    expect(await tryOnce(committing.notes, "a", "1")).toBe("committed");
    await drain(one.stores.outbox, (told) => told.length === 1);
    await using _ = other.stores.sweep(telling("other"), soon);
    expect(await tryOnce(committing.notes, "b", "1")).toBe("committed");
    await drain(one.stores.outbox, (told) => told.length === 1);
    expect(took[0]).toBe("one");
    await first[Symbol.asyncDispose]();
    const before = took.length;
    expect(await tryOnce(committing.notes, "c", "1")).toBe("committed");
    await drain(other.stores.outbox, (told) => told.length === 1);
    expect(new Set(took.slice(before))).toEqual(new Set(["other"]));
  });

  test("what a replica still carries is left to it", async () => {
    const { stores, notes } = replica(url);
    const told: string[] = [];
    await using _ = stores.sweep((message) => told.push(message), soon);
    expect(await tryOnce(notes, "a", "1")).toBe("committed");
    await Bun.sleep(700);
    const events = await stores.outbox.next(AbortSignal.timeout(5_000));
    expect(events.map(({ id }) => id)).toEqual(["notes/a/1"]);
    expect(told).toEqual([]);
  });

  test("a sweep goes on when the database was away", async () => {
    const name = freshName();
    const [sweeping, committing] = [replica(url, name), replica(url, name)];
    await using _ = sweeping.stores.sweep(quiet, soon);
    expect(await tryOnce(committing.notes, "a", "1")).toBe("committed");
    await drain(sweeping.stores.outbox, (told) => told.length === 1);
    // The collections go, and with them what the change stream watched.
    await committing.database.db.dropCollection("aggregate_notes");
    expect(await tryOnce(committing.notes, "b", "1")).toBe("committed");
    await drain(sweeping.stores.outbox, (told) => told.length === 1);
  });
});
