import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalVault } from "../adapters/local_vault/mod.ts";
import { VaultEntryAbsent } from "../ports/mod.ts";
import { cause, makeWallet, startQuietly } from "./_quiet_platform_test.ts";

const data = mkdtempSync(join(tmpdir(), "lucent-vault-"));
afterAll(() => rmSync(data, { recursive: true }));
const path = join(data, "vault.key");

async function faultOfStart(): Promise<Error> {
  const started = await startQuietly(data).catch((error) => error);
  if (!(started instanceof Error)) await started[Symbol.asyncDispose]();
  expect(started).toBeInstanceOf(VaultEntryAbsent);
  return started;
}

test("a platform that has lost its key file does not start, makes no other key, and goes on once the file is back", async () => {
  const first = await startQuietly(data);
  const { id, accounts } = await makeWallet(first, "Main");
  await first[Symbol.asyncDispose]();

  renameSync(path, `${path}.away`);
  const { message } = await faultOfStart();
  expect(message).toContain(`key file "${path}" is missing`);
  expect(message).toContain("wallets' seeds");
  expect(message).toContain("Put the file back");
  expect(existsSync(path)).toBe(false);

  await createLocalVault({ path }).seal("something", Buffer.from("else"));
  expect((await faultOfStart()).message).toContain(`key file "${path}" lacks key "`);

  renameSync(`${path}.away`, path);
  await using again = await startQuietly(data);
  expect(await again.services.wallet.wallets.create("Main", cause, id)).toMatchObject({ view: { id, accounts } });
}, 30_000);
