import { timingSafeEqual } from "node:crypto";
import { type RecordStore, SealBroken, type Stored, type Vault } from "../../ports/mod.ts";
import { purposeOf, type SealedSeed } from "./keys.ts";

/** The entropy behind a wallet, open: for a backup only. The caller overwrites it. */
export function openEntropy(vault: Vault, { id, value }: Stored<SealedSeed>): Promise<Uint8Array> {
  return vault.open(purposeOf(id), value.sealed);
}

type Keeping = { readonly vault: Vault; readonly seeds: RecordStore<SealedSeed> };

/** Seals a wallet's entropy that comes from a backup, and sees that it opens again. Doing so again changes nothing. */
export async function keepEntropy({ vault, seeds }: Keeping, wallet: string, entropy: Uint8Array): Promise<void> {
  if (!(await seeds.get(wallet))) await seeds.put(wallet, { sealed: await vault.seal(purposeOf(wallet), entropy) }, 0);
  const stored = await seeds.get(wallet);
  if (!stored) throw new Error(`Cannot keep the seed of wallet "${wallet}": it was there a moment ago`);
  const opened = await openEntropy(vault, stored);
  const same = opened.length === entropy.length && timingSafeEqual(opened, entropy);
  opened.fill(0);
  if (!same) throw new SealBroken(`Cannot keep the seed of wallet "${wallet}": there is another one`);
}
