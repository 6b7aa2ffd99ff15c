import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { createStores, openDatabase } from "../adapters/sqlite/mod.ts";
import { createClock } from "../adapters/system/mod.ts";
import type { LedgerEvent, ledgerKind } from "../domains/portfolio/mod.ts";
import { type Amount, type AssetId, accept, negate, type UserId } from "../domains/shared/mod.ts";
import { type AggregateStore, type Cause, transact } from "../ports/mod.ts";

/** A folder on the disk that Lucent would use: elsewhere (a RAM disk) commits would cost nothing. */
export function openFolder() {
  const parent = resolve("data");
  mkdirSync(parent, { recursive: true });
  const path = mkdtempSync(join(parent, "bench-"));
  const remove = () => rmSync(path, { recursive: true, force: true });
  process.on("exit", remove);
  return { path, [Symbol.dispose]: remove };
}

/** Real stores in a file of their own. */
export function openStores(folder: string, name: string) {
  const database = openDatabase(join(folder, `${name}.sqlite`));
  return { database, stores: createStores(database, createClock()) };
}

export type Ledgers = AggregateStore<typeof ledgerKind.initial, LedgerEvent>;

const cause: Cause = { actor: "bench" as UserId, correlation: "bench" };
const asset = "eip155:31337/slip44:60" as AssetId;
const one = "1" as Amount;

/** A durable command as any: load, decide, commit state and event. Posts a deposit in a user's ledger. */
export function post(ledgers: Ledgers, user: string, key?: string) {
  const event: LedgerEvent = {
    type: "EntryPosted",
    entry: key ?? user,
    at: "2026-11-23T00:00:00.000Z" as LedgerEvent["at"],
    reason: { type: "hold", hold: user },
    legs: [
      { account: "external", asset, delta: negate(one) },
      { account: `wallet:${user}`, asset, delta: negate(negate(one)) },
    ],
  };
  return transact(ledgers, user, key === undefined ? cause : { ...cause, key }, () => accept(event));
}
