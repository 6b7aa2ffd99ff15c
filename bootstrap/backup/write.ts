import { open, rename, rm } from "node:fs/promises";
import { encrypting } from "../../adapters/age/mod.ts";
import { newId } from "../../adapters/system/mod.ts";
import { system } from "../services.ts";
import { linesOf } from "./archive.ts";
import type { Custody } from "./custody.ts";

/** Writes a backup of all wallets, encrypted to the recipients before it meets the disk: whole, or not at all. */
export async function writeBackup(custody: Custody, recipients: readonly string[], path: string): Promise<number> {
  let lines = 0;
  async function* counted() {
    for await (const line of linesOf({ ...custody, backup: newId(), at: system.clock() })) {
      lines++;
      yield line;
    }
  }
  const draft = `${path}.partial`;
  // A file that is there stays: it may be the only one.
  await (await open(path, "wx", 0o600)).close();
  try {
    const file = await open(draft, "w", 0o600);
    try {
      for await (const bytes of await encrypting(recipients, counted())) await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    for (const each of [draft, path]) await rm(each, { force: true });
    throw error;
  }
  return lines - 2;
}
