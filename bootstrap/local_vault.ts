import { join } from "node:path";
import { createLocalVault, type LocalVault } from "../adapters/local_vault/mod.ts";
import type { Stores } from "../ports/adapting.ts";
import { VaultEntryAbsent } from "../ports/mod.ts";
import { type SealedRecords, sealedRecords } from "./sealed_records.ts";

/** The embedded platform's vault; refuses to begin without the key of what lies sealed in the stores. */
export async function openLocalVault(data: string, storesOf: (service: string) => Stores): Promise<LocalVault> {
  const path = join(data, "vault.key");
  const sealed = sealedRecords(storesOf);
  const inUse = async () => (await samples(sealed)).length > 0;
  const vault = createLocalVault({ path, inUse });
  const keys = await vault.keys();
  const closed = (await samples(sealed)).filter(({ key }) => !keys.includes(key));
  if (closed.length > 0) throw new VaultEntryAbsent(lost(path, keys.length > 0, closed));
  return vault;
}

type Sample = { readonly what: string; readonly key: string };

async function samples(sealed: readonly SealedRecords[]): Promise<readonly Sample[]> {
  const found = await Promise.all(sealed.map(async ({ what, sample }) => ({ what, key: await sample() })));
  return found.filter((each): each is Sample => each.key !== undefined);
}

function lost(path: string, another: boolean, closed: readonly Sample[]): string {
  const keys = [...new Set(closed.map(({ key }) => key))].map((key) => `"${key}"`).join(", ");
  const what = closed.map(({ what }) => what).join(", ");
  const state = another ? `key file "${path}" lacks key ${keys}` : `key file "${path}" is missing`;
  return (
    `LUCENT_DATA: ${state}, and what was sealed under it stays closed without it: ${what}. Put the file back as it was ` +
    "(chmod 600) and start again: nothing was changed. If it is gone for good, move the data folder away, and restore the " +
    "wallets from a backup into an empty one"
  );
}
