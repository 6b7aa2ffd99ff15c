import { setTimeout } from "node:timers/promises";
import type { LocalVault } from "../adapters/local_vault/mod.ts";
import { VaultUnreachable } from "../ports/mod.ts";
import type { SealedRecords } from "./sealed_records.ts";

/** Milliseconds after which no process seals by an earlier key any more, whatever it was doing. */
const overlap = 60_000;

/** How many seals each key still has; those that have none can go. */
export async function sealsByKey(
  vault: LocalVault,
  sealed: readonly SealedRecords[],
): Promise<ReadonlyMap<string, number>> {
  const seals = new Map((await vault.keys()).map((key) => [key, 0]));
  for (const { count } of sealed)
    for (const [key, number] of await count()) seals.set(key, (seals.get(key) ?? 0) + number);
  return seals;
}

/** Another key for the vault, and everything sealed anew under it while the platform runs. Answers how many records. */
export async function rotate(vault: LocalVault, sealed: readonly SealedRecords[], wait = 2_000): Promise<number> {
  await vault.rotate();
  // Until every process seals by it.
  await setTimeout(wait);
  return await reseal(vault, sealed);
}

/** Seals anew what earlier keys still hold: takes up what a rotation left. */
export async function reseal(vault: LocalVault, sealed: readonly SealedRecords[]): Promise<number> {
  const [current = ""] = await vault.keys();
  let total = 0;
  for (const each of sealed) total += await each.reseal(vault, current);
  return total;
}

/** Drops earlier keys, if nothing is left under them and nothing can come. Answers which. */
export async function retire(
  vault: LocalVault,
  sealed: readonly SealedRecords[],
  now: number,
): Promise<readonly string[]> {
  const [current = "", ...others] = await vault.keys();
  const from = retirableFrom(current);
  if (now < from) throw new VaultUnreachable(`Cannot drop earlier keys before ${new Date(from).toISOString()}`);
  const seals = await sealsByKey(vault, sealed);
  const held = others.filter((key) => (seals.get(key) ?? 0) > 0);
  if (held.length > 0)
    throw new VaultUnreachable(
      `Cannot drop key ${held.join(", ")}: things are still sealed under it; seal them anew first`,
    );
  if (others.length > 0) await vault.retire();
  return others;
}

/** When earlier keys may go, at the earliest: a key's id (UUIDv7) tells when it was made. */
export function retirableFrom(current: string): number {
  return Number.parseInt(current.replaceAll("-", "").slice(0, 12), 16) + overlap;
}
