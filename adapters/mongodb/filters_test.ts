import { expect, test } from "bun:test";
import { withMongodb } from "../../bootstrap/servers/mod.ts";
import type { RecordKind } from "../../ports/mod.ts";
import { replica } from "./_stand_test.ts";

type Secret = { readonly owner: string; readonly at: string };
const kind: RecordKind<Secret> = { name: "secret", indexes: [["owner"], ["owner", "at"]] };

/** As from a client who got past the compiler. */
const sent = (value: unknown) => value as string;

await withMongodb((url) => {
  async function withSecrets() {
    const records = replica(url).stores.records(kind);
    await records.put("s1", { owner: "alice", at: "1" }, 0);
    await records.put("s2", { owner: "$where", at: "2" }, 0);
    return records;
  }

  test("an operator that a client sends as a value finds nothing: it is refused", async () => {
    const records = await withSecrets();
    const operators = [
      { $ne: "" },
      { $gt: "" },
      { $regex: ".*" },
      { from: { $gt: "" } },
      [{ $ne: "" }],
      [null],
      1,
      null,
    ];
    for (const operator of operators) {
      await expect(records.find({ where: { owner: sent(operator) }, limit: 9 })).rejects.toThrow(TypeError);
    }
    const ranges = [{ $ne: "" }, { before: { $gt: "" } }, { from: "1", $where: "1" }];
    for (const range of ranges) {
      await expect(records.find({ where: { owner: "alice", at: sent(range) }, limit: 9 })).rejects.toThrow(TypeError);
    }
  });

  test("a text that looks like an operator or a field is a text", async () => {
    const records = await withSecrets();
    const found = async (owner: string) =>
      (await records.find({ where: { owner }, limit: 9 })).items.map(({ id }) => id);
    expect(await found("$where")).toEqual(["s2"]);
    expect(await found("$value.owner")).toEqual([]);
  });

  test("an operator in place of an id meets nothing", async () => {
    const records = await withSecrets();
    for (const id of [{ $gt: "" }, { $ne: null }, { $regex: ".*" }].map(sent)) {
      expect(await records.get(id)).toBeUndefined();
      expect(await records.remove(id, 1)).toBe("conflict");
      expect(await records.put(id, { owner: "mallory", at: "3" }, 1)).toBe("conflict");
    }
    expect((await records.get("s1"))?.value.owner).toBe("alice");
  });
});
