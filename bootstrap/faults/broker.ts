/**
 * The broker loses all that it stored while people work.
 *
 * @module
 */
import { rmSync } from "node:fs";
import { until } from "../demo/until.ts";
import type { Outcome, Run } from "./campaign.ts";
import { createLoad } from "./load.ts";
import { openRecords } from "./records.ts";
import { onStage, type Stage } from "./stage.ts";
import { judge } from "./verdict.ts";

export const name = "broker";
export const what = "the broker's storage deleted mid-load: streams rebuilt from outboxes and journals";

const sizes = {
  short: { commands: 200, people: 8, wipes: 1 },
  long: { commands: 6_000, people: 16, wipes: 6 },
} as const;

const patience = 120_000;

export function run({ seed, tell, scale }: Run): Promise<Outcome> {
  const { commands, people, wipes } = sizes[scale];

  async function play(stage: Stage): Promise<Outcome> {
    const { nats, streams } = stage.cluster.backing;
    const load = await createLoad(stage, seed, people);
    const start = load.deeds.done();
    const apart = (commands - start) / (wipes + 1);

    async function wipe(): Promise<void> {
      for (let count = 1; count <= wipes; count++) {
        await load.deeds.reached(start + Math.floor(apart * count));
        await nats.restart(() => rmSync(streams, { recursive: true, force: true }));
        tell(`wiped ${count} of ${wipes}`);
      }
    }

    await Promise.all([load.work(commands), wipe()]);
    await filled(stage);
    tell("Every stream holds what the journals do");
    const { figures, faults } = await judge({ stage, deeds: load.deeds, surprises: load.surprises(), scale, tell });
    return { figures: { ...figures, wipes }, faults };
  }

  return onStage({ tell, play });
}

/** Streams are looked after by the quarter of a minute. Consumers read them anew: what comes of that is judged after it. */
async function filled({ cluster }: Stage): Promise<void> {
  await using records = await openRecords(cluster);
  const lacking = () => records.lacking().catch((error) => [`Nobody knows: ${error}`]);
  await until("the streams to be rebuilt", lacking, (found) => found.length === 0, patience);
}
