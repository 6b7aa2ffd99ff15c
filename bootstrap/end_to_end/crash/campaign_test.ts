import { expect, test } from "bun:test";
import { runCampaign } from "./campaign.ts";

test("orders end as they had to, once, however often the platform is killed", async () => {
  const seed = Number(process.env.CRASH_SEED ?? 5);
  process.stdout.write(`crash campaign, CRASH_SEED=${seed}\n`);
  const { orders, faults, killed } = await runCampaign({ seed, orders: 18, reverting: 6, kills: 8, tell: () => {} });
  expect(faults).toEqual([]);
  expect(orders).toEqual({ filled: 12, compensated: 6 });
  expect(killed).toHaveLength(8);
}, 180_000);
