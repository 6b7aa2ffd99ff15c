import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalVault } from "../adapters/local_vault/mod.ts";
import { createStores, openDatabase } from "../adapters/sqlite/mod.ts";
import { cause, makeWallet, startQuietly } from "./_quiet_platform_test.ts";
import { retire, rotate, sealsByKey } from "./rotation.ts";
import { sealedRecords } from "./sealed_records.ts";
import { system } from "./services.ts";

const data = mkdtempSync(join(tmpdir(), "lucent-rotation-"));
afterAll(() => rmSync(data, { recursive: true }));

/** What the command opens, beside a platform that runs. */
function openBeside() {
  const storesOf = (name: string) => createStores(openDatabase(join(data, `${name}.sqlite`)), system.clock);
  return { vault: createLocalVault({ path: join(data, "vault.key") }), sealed: sealedRecords(storesOf) };
}

test("a key is rotated and everything sealed anew while wallets are made and used; then the old one can go, and not before", async () => {
  const platform = await startQuietly(data);
  const { wallets } = platform.services.wallet;
  const made = [await makeWallet(platform, "First")];
  while (made.length < 60) made.push(await makeWallet(platform, "Early"));
  const { vault, sealed } = openBeside();
  const [old = ""] = await vault.keys();
  let running = true;
  let used = 0;
  const load = (async () => {
    while (running) {
      made.push(await makeWallet(platform, `Wallet ${made.length}`));
      const { id, label, accounts } = made[used++ % made.length] as (typeof made)[number];
      // Opens its seed.
      expect(await wallets.create(label, cause, id)).toMatchObject({ view: { accounts } });
      await Bun.sleep(5);
    }
  })();
  const resealed = await rotate(vault, sealed);
  expect(resealed).toBeGreaterThanOrEqual(60);
  running = false;
  await load;
  expect(used).toBeGreaterThan(20);
  const [current = "", ...others] = await vault.keys();
  expect(others).toEqual([old]);
  const seals = await sealsByKey(vault, sealed);
  expect(seals.get(old)).toBe(0);
  expect(seals.get(current)).toBeGreaterThan(made.length);

  await expect(retire(vault, sealed, Date.now())).rejects.toThrow("Cannot drop earlier keys before");
  await platform[Symbol.asyncDispose]();
  expect(await retire(vault, sealed, Date.now() + 60_000)).toEqual([old]);
  expect(await vault.keys()).toEqual([current]);
  await using again = await startQuietly(data);
  for (const { id, label, accounts } of made) {
    expect(await again.services.wallet.wallets.create(label, cause, id)).toMatchObject({ view: { accounts } });
  }
}, 60_000);

test("a key that something is sealed under is not dropped", async () => {
  const { vault, sealed } = openBeside();
  const before = await vault.keys();
  await vault.rotate();
  await expect(retire(vault, sealed, Date.now() + 60_000)).rejects.toThrow("still sealed under it");
  expect(await vault.keys()).toEqual(expect.arrayContaining([...before]));
});
