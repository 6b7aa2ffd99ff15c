import { expect, test } from "bun:test";
import type { CommandStartedEvent, Document } from "mongodb";
import { withMongodb } from "../../bootstrap/servers/mod.ts";
import type { Instant } from "../../domains/shared/mod.ts";
import { type Envelope, type SignedRoot, transact, transactTogether } from "../../ports/mod.ts";
import { cause, noted } from "./_notes.ts";
import { replica } from "./_stand_test.ts";
import { createParking, createWitnessStore } from "./mod.ts";

const event = { type: "Noted", text: "x" } as const;
const root: SignedRoot = {
  ...{ service: "play", number: 1, at: "2026-11-23T00:00:00.000Z" as Instant, size: 1 },
  ...{ previous: "", root: "r", cursor: "c", key: "k", signature: "s" },
};
const parked: Envelope = {
  ...{ id: "play/a/1", kind: "play", aggregate: "a", revision: 1, schema: 1, at: root.at },
  ...{ cause, event },
};

/** The filters of a write, or undefined where it is none or has none. */
function filtersOf({ commandName, command }: CommandStartedEvent): readonly Document[] {
  if (commandName === "findAndModify") return [command.query];
  const writes: readonly { q: Document }[] = command.updates ?? command.deletes ?? [];
  return writes.map(({ q }) => q);
}

await withMongodb((url) => {
  test("collections may be sharded by the hash of their ids: no other index is unique, every write names one id", async () => {
    const { database, stores, notes: store } = replica(`${url}/?monitorCommands=true`);
    const writes: Document[] = [];
    database.db.client.on("commandStarted", (started) => writes.push(...filtersOf(started)));
    const records = stores.records<{ owner: string }>({ name: "secret", indexes: [["owner"]] });
    const parking = createParking(database);
    const witness = createWitnessStore(database);
    await stores.ready();
    for (const text of ["1", "2"]) await transact(store, "a", { ...cause, key: text }, () => noted(text));
    const targets = { one: { store, id: "a" }, other: { store, id: "b" } };
    for (let n = 0; n < 2; n++) {
      await transactTogether(targets, cause, () => ({ ok: true, events: { one: [event], other: [event] } }));
    }
    await stores.outbox.published(await stores.outbox.next(AbortSignal.timeout(5_000)));
    await records.put("s", { owner: "u" }, 0);
    await records.put("s", { owner: "v" }, 1);
    await records.remove("s", 2);
    await parking.park("c", parked, "No", true);
    await parking.park("d", parked, "No", true);
    const [removed, dismissed] = (await parking.list({ limit: 2 })).items;
    await parking.remove(removed?.id ?? "");
    await parking.dismiss(dismissed?.id ?? "");
    await witness.append(root, []);

    expect(writes.length).toBeGreaterThan(10);
    for (const filter of writes) expect([filter._id, filter._id?.$eq]).toContainEqual(expect.any(String));
    const collections = await database.db.listCollections({}, { nameOnly: true }).toArray();
    expect(collections.length).toBe(7);
    for (const { name } of collections) {
      const indexes = await database.db.collection(name).indexes();
      for (const { key, unique } of indexes) if (unique) expect(key).toEqual({ _id: 1 });
    }
  });
});
