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
import { refuse } from "./refuse.ts";
import { reseal, retirableFrom, retire, rotate, sealsByKey } from "./rotation.ts";
import { sealedRecords } from "./sealed_records.ts";
import { system } from "./services.ts";

const cannot = "Cannot look after the vault's key";

const [what = ""] = process.argv.slice(2);
const outcome = readConfig(process.env);
if ("faults" in outcome) refuse(outcome.faults, cannot);
const { data, distribution, logLevel } = outcome.config;
if (distribution)
  refuse(
    ["LUCENT_MODE: distributed, the key is rotated in Key Vault, and data keys are re-wrapped within the hour"],
    cannot,
  );
if (!isPlatform(data)) refuse([`LUCENT_DATA: there is no platform in "${data}"`], cannot);

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
  if (!chosen) refuse(["Name one of status, rotate, reseal, retire"], cannot);
  await chosen();
  const [current = ""] = await vault.keys();
  for (const [key, seals] of await sealsByKey(vault, sealed)) {
    const from = new Date(retirableFrom(current)).toISOString();
    const state =
      seals > 0 ? "holds things: npm run vault-key -- reseal" : `can go from ${from} on: npm run vault-key -- retire`;
    tell(`${key}  ${seals} seals  ${key === current ? `seals, in "${join(data, "vault.key")}"` : state}`);
  }
} catch (error) {
  refuse([error instanceof Error ? error.message : String(error)], cannot);
}
process.exit(0);
