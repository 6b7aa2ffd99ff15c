/**
 * The broker loses all that it stored while people work.
 *
 * @module
 */
import { rmSync } from "node:fs";
import type { Outcome, Run } from "./campaign.ts";
import { createLoad } from "./load.ts";
import { onStage, type Stage } from "./stage.ts";
import { judge, lackingStreams } from "./verdict.ts";

export const name = "broker";
export const what = "the broker's storage deleted mid-load: streams rebuilt from outboxes and journals";

const sizes = {
  short: { commands: 200, people: 8, wipes: 1 },
  long: { commands: 6_000, people: 16, wipes: 6 },
} as const;

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
    const judged = await judge({ stage, deeds: load.deeds, surprises: load.surprises(), scale, tell });
    const lacking = await lackingStreams(stage);
    return {
      figures: { ...judged.figures, wipes, "lacking in streams": lacking.length },
      faults: [...judged.faults, ...lacking],
    };
  }

  return onStage({ tell, play });
}
