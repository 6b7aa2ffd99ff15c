import { decrypting } from "../../adapters/age/mod.ts";
import { keepEntropy } from "../../adapters/custody/mod.ts";
import type { UserId } from "../../domains/shared/mod.ts";
import { createWallet, createWatched } from "../../domains/wallet/mod.ts";
import { type Stored, transact } from "../../ports/mod.ts";
import { type ArchivedWallet, readLines } from "./archive.ts";
import type { Custody, Restoration } from "./custody.ts";

const only = "wallets";

/** A platform that a backup must not be restored into. */
export class NotEmpty extends Error {
  override readonly name = "NotEmpty";
}

export type Restored = { readonly wallets: number; readonly at: string; readonly before: boolean };

/**
 * Takes in a backup's wallets, once all of it was read and found good. What a crash left half done, the same backup completes;
 * done again it changes nothing.
 */
export async function restore(custody: Custody, identity: string, path: string): Promise<Restored> {
  const texts = () => decrypting(identity, Bun.file(path).stream());
  const { backup, at, wallets } = await readLines(texts(), async () => {});
  const begun = await begin(custody, backup);
  if (begun.value.status === "done") return { wallets, at, before: true };
  const watched = createWatched(custody);
  await readLines(texts(), (wallet) => takeIn(custody, watched, backup, wallet));
  await custody.restorations.put(only, { backup, status: "done" }, begun.revision);
  return { wallets, at, before: false };
}

/** Whether this backup may be taken in here, and from where on. */
async function begin({ wallets, restorations }: Custody, backup: string): Promise<Stored<Restoration>> {
  const known = await restorations.get(only);
  if (known?.value.backup === backup) return known;
  if (known) throw new NotEmpty("another backup was restored here, or is half restored");
  const { items } = await wallets.find({ where: {}, limit: 1 });
  if (items.length > 0) throw new NotEmpty("there are wallets here");
  const value: Restoration = { backup, status: "begun" };
  if ((await restorations.put(only, value, 0)) === "written") return { id: only, revision: 1, value };
  throw new NotEmpty("another restore has just begun here");
}

async function takeIn(
  custody: Custody,
  watched: ReturnType<typeof createWatched>,
  backup: string,
  { id, entropy, owner }: ArchivedWallet,
): Promise<void> {
  await keepEntropy(custody, id, entropy);
  if (!owner) return;
  await watched.register(id, owner.user, owner.accounts);
  const cause = { actor: "lucent" as UserId, correlation: backup };
  const made = await transact(custody.wallets, id, cause, (wallet) => createWallet(wallet, owner));
  if (!made.ok) throw new NotEmpty(`wallet "${id}" is another user's here`);
}
