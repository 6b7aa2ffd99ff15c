import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { percentile } from "./_measure.ts";
import { residentMegabytes, startPlatform } from "./_processes.ts";
import type { Figure } from "./_report.ts";
import { openFolder } from "./_stand.ts";

const starts = 5;
const rest = 3_000;

/** From the spawn of the process to `/health/ready`, without the chain; and what it then takes, left alone. */
export async function boot(): Promise<Figure[]> {
  using folder = openFolder();
  const data = join(folder.path, "platform");
  mkdirSync(data);
  const times: number[] = [];
  let memory = Number.NaN;
  for (let count = 0; count < starts; count++) {
    await using platform = await startPlatform(data);
    times.push(platform.started);
    if (count < starts - 1) continue;
    await Bun.sleep(rest);
    memory = await residentMegabytes(platform.pid);
  }
  return [
    { what: "Boot to ready, without the chain", value: percentile(times, 50), unit: "ms", goal: { below: 400 } },
    { what: "Memory at rest", value: memory, unit: "MB", goal: { below: 150 } },
  ];
}
