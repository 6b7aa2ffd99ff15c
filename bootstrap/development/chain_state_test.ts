import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chainState } from "./_chain_state.ts";

const folders: string[] = [];
afterAll(() => folders.map((folder) => rmSync(folder, { recursive: true })));

const whole = (block: number) => `{"block":${block},"historical_states":null}`;
const half = whole(9).slice(0, -1);

function fresh(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), "lucent-state-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return { folder, state: chainState(folder), text: (name: string) => readFileSync(join(folder, name), "utf8") };
}

const recovered = (files: Readonly<Record<string, string>>) => {
  const { state } = fresh(files);
  const path = state.recover();
  expect(existsSync(state.dump)).toBe(false);
  return path && readFileSync(path, "utf8");
};

test("recover() takes the newest whole state", () => {
  expect(recovered({})).toBeUndefined();
  expect(recovered({ "dump.json": half })).toBeUndefined();
  expect(recovered({ "dump.json": whole(1) })).toBe(whole(1));
  expect(recovered({ "dump.json": half, "state.json": whole(1), "earlier.json": whole(0) })).toBe(whole(1));
  expect(recovered({ "dump.json": "", "state.json": half, "earlier.json": whole(0) })).toBe(whole(0));
  expect(recovered({ "dump.json": whole(2), "earlier.json": whole(0) })).toBe(whole(2));
});

test("recover() starts no new chain over a damaged one", () => {
  expect(() => recovered({ "dump.json": half, "state.json": half })).toThrow(
    "Cannot read the development chain's state",
  );
});

test("keep() moves whole dumps aside and leaves half ones to anvil", () => {
  const { state, folder, text } = fresh({ "dump.json": whole(1) });
  state.keep();
  expect(existsSync(join(folder, "dump.json"))).toBe(false);
  writeFileSync(state.dump, whole(2));
  state.keep();
  writeFileSync(state.dump, half);
  state.keep();
  expect([text("earlier.json"), text("state.json"), text("dump.json")]).toEqual([whole(1), whole(2), half]);
});
