/**
 * Many people write the same few things through several processes.
 *
 * @module
 */
import type { Outcome, Run } from "./campaign.ts";
import { createDeeds } from "./deeds.ts";
import { commentOn, openTask } from "./load.ts";
import { onStage, type Stage } from "./stage.ts";
import { judge } from "./verdict.ts";

export const name = "writers";
export const what = "64 writers on 8 aggregates, through two processes of the service: exact count";

const writers = 64;
const aggregates = 8;
const rounds = { short: 4, long: 100 } as const;

/** Everybody comments on one task after another: no two begin at the same one, and all are always at some. */
export function run({ tell, scale }: Run): Promise<Outcome> {
  async function play(stage: Stage): Promise<Outcome> {
    const { admin } = stage.team;
    const deeds = createDeeds();
    const tasks: string[] = [];
    while (tasks.length < aggregates) tasks.push(await openTask(admin, deeds, `raced ${tasks.length}`));

    async function write(_: unknown, writer: number): Promise<void> {
      for (let round = 0; round < rounds[scale]; round++) {
        let tries = 0;
        const tag = () => `${writer}/${round}.${tries++}`;
        await commentOn(admin, deeds, tasks[(writer + round) % aggregates] ?? "", tag);
      }
    }

    await Promise.all(Array.from({ length: writers }, write));
    tell(`${deeds.done()} writes, ${deeds.unknown()} of them tried again`);
    const { figures, faults } = await judge({ stage, deeds, surprises: admin.surprises, scale, tell });
    return { figures: { ...figures, writers, aggregates }, faults };
  }

  return onStage({ tell, replicas: { task: 2 }, play });
}
