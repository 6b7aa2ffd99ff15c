/**
 * `npm run vault-key -- status | rotate | reseal | retire`: the key of an embedded platform's vault, while the platform runs or not.
 *
 * @module
 */
import { join } from "node:path";
import { createLog } from "../adapters/pino/mod.ts";
import { isPlatform } from "./backup/custody.ts";
import { readConfig } from "./config.ts";
import { openEmbedded } from "./embedded.ts";
import { openLocalVault } from "./local_vault.ts";
import { reseal, retirableFrom, retire, rotate, sealsByKey } from "./rotation.ts";
import { sealedRecords } from "./sealed_records.ts";
import { system } from "./services.ts";

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

const [what = ""] = process.argv.slice(2);
const outcome = readConfig(process.env);
if ("faults" in outcome) fail(outcome.faults.join("\n"));
const { data, distribution, logLevel } = outcome.config;
if (distribution)
  fail("LUCENT_MODE: distributed, the key is rotated in Key Vault, and data keys are re-wrapped within the hour");
if (!isPlatform(data)) fail(`LUCENT_DATA: there is no platform in "${data}"`);

try {
  await using running = new AsyncDisposableStack();
  const log = createLog({ level: logLevel });
  const ground = openEmbedded({ data, clock: system.clock, log, running, between: (bus) => bus });
  const storesOf = (service: string) => ground(service).stores;
  const vault = await openLocalVault(data, storesOf);
  const sealed = sealedRecords(storesOf);
  const tell = (line: string) => process.stdout.write(`${line}\n`);
  const work: Record<string, () => Promise<unknown>> = {
    status: async () => {},
    rotate: async () => tell(`Sealed anew: ${await rotate(vault, sealed)}`),
    reseal: async () => tell(`Sealed anew: ${await reseal(vault, sealed)}`),
    retire: async () => tell(`Dropped: ${(await retire(vault, sealed, Date.now())).join(", ") || "none"}`),
  };
  const chosen = work[what];
  if (!chosen) fail("Name one of status, rotate, reseal, retire");
  await chosen();
  const [current = ""] = await vault.keys();
  for (const [key, seals] of await sealsByKey(vault, sealed)) {
    const from = new Date(retirableFrom(current)).toISOString();
    const state =
      seals > 0 ? "holds things: npm run vault-key -- reseal" : `can go from ${from} on: npm run vault-key -- retire`;
    tell(`${key}  ${seals} seals  ${key === current ? `seals, in "${join(data, "vault.key")}"` : state}`);
  }
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
process.exit(0);
