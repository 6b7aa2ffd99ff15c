/**
 * People work for long, and the processes' memory is looked at.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import type { Outcome, Run } from "./campaign.ts";
import { createLoad } from "./load.ts";
import { onStage, type Stage } from "./stage.ts";
import { judge } from "./verdict.ts";

export const name = "memory";
export const what = "30 minutes of load: memory of each process flat after warm-up";

/** In seconds. FAULT_MINUTES makes the long form shorter or longer. */
const minutes = Number(process.env.FAULT_MINUTES ?? 30);
const lengths = { short: 20, long: minutes * 60 } as const;
const people = 6;
const samples = 120;
/** What the last third may have more than the second, beside a few megabytes: collections come when they come. */
const allowed = { share: 1.1, megabytes: 12 };

type Series = Map<string, number[]>;

export function run({ seed, tell, scale }: Run): Promise<Outcome> {
  async function play(stage: Stage): Promise<Outcome> {
    const load = await createLoad(stage, seed, people);
    const series: Series = new Map();
    let working = true;
    const work = (async () => {
      while (working) await load.work(load.deeds.done() + 10 * people);
    })();
    for (let count = 0; count < samples; count++) {
      await Bun.sleep((lengths[scale] * 1_000) / samples);
      look(stage, series);
    }
    working = false;
    await work;
    const grown = [...series].map(([process, sizes]) => ({ process, ...growth(sizes) }));
    for (const { process, second, last } of grown) tell(`${process}: ${second} MB, then ${last} MB`);
    const { figures, faults } = await judge({ stage, deeds: load.deeds, surprises: load.surprises(), scale, tell });
    // So short a time is all warm-up: that its processes are looked at is what the short form shows.
    const growing =
      scale === "short" ? [] : grown.filter(({ second, last }) => last > second * allowed.share + allowed.megabytes);
    return {
      figures: { ...figures, processes: grown.length, "most MB": Math.max(...grown.map(({ last }) => last)) },
      faults: [
        ...faults,
        ...growing.map(({ process, second, last }) => `${process} grew from ${second} to ${last} MB`),
        ...(grown.length < 8 ? [`Only ${grown.length} processes were looked at`] : []),
      ],
    };
  }

  return onStage({ tell, play });
}

function look({ cluster }: Stage, series: Series): void {
  for (const { name, pid } of cluster.replicas()) {
    const [, kilobytes] = /^Rss: +(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")) ?? [];
    series.set(name, [...(series.get(name) ?? []), Number(kilobytes) / 1024]);
  }
}

/** The medians of the second third of the time and of the last: the first is warm-up. */
function growth(sizes: readonly number[]) {
  const third = Math.floor(sizes.length / 3);
  const median = (some: readonly number[]) =>
    Math.round(some.toSorted((a, b) => a - b)[Math.floor(some.length / 2)] ?? 0);
  return { second: median(sizes.slice(third, 2 * third)), last: median(sizes.slice(2 * third)) };
}
