import { expect, test } from "bun:test";
import { testFind } from "./_find_contract.ts";
import type { RecordKind, RecordStore } from "./record_store.ts";

type OpenRecords = <Value>(kind: RecordKind<Value>) => RecordStore<Value>;
type Picture = { readonly colour: string; readonly size?: string };

/** A name that SQL keeps for itself: stores must quote. */
const pictureKind: RecordKind<Picture> = { name: "table", indexes: [["colour"], ["size"], ["colour", "size"]] };

/** What every record store must do. `fresh` gives the empty stores of one service. */
export function testRecordStore(name: string, fresh: () => Promise<OpenRecords>) {
  const open = async () => (await fresh())(pictureKind);

  test(`${name}: get() gives undefined where there is nothing`, async () => {
    expect(await (await open()).get("nothing")).toBeUndefined();
  });

  test(`${name}: put() writes over the revision that was read, and over no other`, async () => {
    const records = await open();
    expect(await records.put("a", { colour: "red" }, 1)).toBe("conflict");
    expect(await records.put("a", { colour: "red" }, 0)).toBe("written");
    expect(await records.put("a", { colour: "blue" }, 0)).toBe("conflict");
    expect(await records.put("a", { colour: "blue", size: "1" }, 1)).toBe("written");
    expect(await records.put("a", { colour: "green" }, 1)).toBe("conflict");
    expect(await records.get("a")).toEqual({ id: "a", revision: 2, value: { colour: "blue", size: "1" } });
  });

  test(`${name}: of many who write over one revision, one does`, async () => {
    const records = await open();
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, i) => records.put("a", { colour: `c${i}` }, 0)));
    expect(outcomes.filter((outcome) => outcome === "written")).toHaveLength(1);
    expect((await records.get("a"))?.value.colour).toBe(`c${outcomes.indexOf("written")}`);
  });

  test(`${name}: of many who remove, one does; what is gone can be written anew`, async () => {
    const records = await open();
    await records.put("a", { colour: "red" }, 0);
    expect(await records.remove("a", 2)).toBe("conflict");
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => records.remove("a", 1)));
    expect(outcomes.filter((outcome) => outcome === "written")).toHaveLength(1);
    expect(await records.get("a")).toBeUndefined();
    expect(await records.put("a", { colour: "blue" }, 1)).toBe("conflict");
    expect(await records.put("a", { colour: "blue" }, 0)).toBe("written");
  });

  test(`${name}: kinds keep apart`, async () => {
    const openAny = await fresh();
    await openAny(pictureKind).put("a", { colour: "red" }, 0);
    expect(await openAny<Picture>({ ...pictureKind, name: "other" }).get("a")).toBeUndefined();
  });

  testFind(`${name} records`, async () => {
    const records = await open();
    return {
      put: async (id, picture) => {
        expect(await records.put(id, picture, 0)).toBe("written");
      },
      find: async (query) => {
        const { items, ...next } = await records.find(query);
        return { ids: items.map(({ id }) => id), ...next };
      },
    };
  });
}
