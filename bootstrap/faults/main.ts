/**
 * `npm run test:faults`: every campaign in its long form; `npm run test:faults -- kills broker` those that are named.
 * FAULT_SEED chooses what happens when: the seed is printed.
 *
 * @module
 */
import * as breaches from "./breaches.ts";
import * as broker from "./broker.ts";
import type { Campaign } from "./campaign.ts";
import * as kills from "./kills.ts";
import * as memory from "./memory.ts";
import * as poison from "./poison.ts";
import * as replicas from "./replicas.ts";
import * as toxics from "./toxics.ts";
import * as vault from "./vault.ts";
import * as writers from "./writers.ts";

const campaigns: readonly Campaign[] = [kills, broker, writers, replicas, breaches, vault, toxics, poison, memory];

const tell = (line: string) => process.stdout.write(`${line}\n`);

function refuse(reason: string): never {
  const known = campaigns.map(({ name, what }) => `  ${name.padEnd(10)}${what}\n`).join("");
  process.stderr.write(`${reason}\nUsage: [FAULT_SEED=<number>] npm run test:faults -- [campaign ...]\n${known}`);
  process.exit(1);
}

const seed = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000);
if (!Number.isSafeInteger(seed)) refuse("FAULT_SEED is no whole number");
const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !campaigns.some((each) => each.name === name));
if (unknown !== undefined) refuse(`There is no campaign "${unknown}"`);

tell(`FAULT_SEED=${seed}`);
let failed = 0;
const chosen = campaigns.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
for (const { name, what, run } of chosen) {
  const since = performance.now();
  tell(`\n${name}: ${what}`);
  const { figures, faults } = await run({ seed, tell: (line) => tell(`  ${line}`), scale: "long" }).catch((error) => ({
    ...{ figures: {}, faults: [error instanceof Error ? (error.stack ?? error.message) : String(error)] },
  }));
  for (const fault of faults) tell(`  fault: ${fault}`);
  const seconds = Math.round((performance.now() - since) / 1000);
  const counted = Object.entries({ ...figures, seconds }).map(([figure, count]) => `${figure} ${count}`);
  tell(`${name} ${faults.length === 0 ? "passed" : "failed"}: ${counted.join(", ")}`);
  if (faults.length > 0) failed++;
}
tell(`${chosen.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
