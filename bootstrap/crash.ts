/**
 * `npm run test:crash`: 200 orders under way, 40 of them bound to be reverted, the platform killed 30 times.
 * `npm run test:crash -- 7` takes that seed.
 *
 * @module
 */
import { runCampaign } from "./end_to_end/crash/campaign.ts";

const seed = Number(process.argv[2] ?? Date.now() % 1_000_000);
if (!Number.isSafeInteger(seed)) {
  process.stderr.write("Usage: npm run test:crash -- [seed]\n");
  process.exit(1);
}
const tell = (line: string) => process.stdout.write(`${line}\n`);
tell(`seed ${seed}`);
const { orders, faults } = await runCampaign({ seed, orders: 200, reverting: 40, kills: 30, tell });
tell(`orders: ${JSON.stringify(orders)}`);
for (const fault of faults) tell(`fault: ${fault}`);
const good = faults.length === 0 && orders.filled === 160 && orders.compensated === 40;
tell(good ? "1 passed, 0 failed" : "0 passed, 1 failed");
process.exit(good ? 0 : 1);
