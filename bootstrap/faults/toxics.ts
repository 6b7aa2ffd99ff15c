/**
 * Each dependency is slow, cut and reset while people work and money moves; then the demo's whole story on slow ways.
 *
 * @module
 */

import { playStory } from "../demo/story.ts";
import type { Toxic, Way } from "../servers/mod.ts";
import type { Outcome, Run } from "./campaign.ts";
import { createLoad, openTask } from "./load.ts";
import type { Dependency } from "./proxied.ts";
import { untilReady } from "./readiness.ts";
import { onStage, type Stage } from "./stage.ts";
import { judge } from "./verdict.ts";

export const name = "toxics";
export const what =
  "each dependency slow, cut, reset under load and the demo: no wrong answer, recovery < 5 s after healing";

const ways: Readonly<Record<string, (proxy: Way) => Promise<void>>> = {
  slow: (proxy) => proxy.add({ type: "latency", attributes: { latency: 300, jitter: 200 } }),
  cut: (proxy) => proxy.disable(),
  silent: (proxy) => proxy.add({ type: "timeout", attributes: { timeout: 0 } }),
  reset: (proxy) => proxy.add({ type: "reset_peer", attributes: { timeout: 100 } }),
};

const sizes = { short: { people: 3, seconds: 2 }, long: { people: 8, seconds: 8 } } as const;
const slow: Toxic = { type: "latency", attributes: { latency: 15, jitter: 15 } };
const allowed = 5_000;
const patience = 60_000;

export function run({ seed, tell, scale }: Run): Promise<Outcome> {
  const { people, seconds } = sizes[scale];

  async function play(stage: Stage): Promise<Outcome> {
    const { proxies, development, url } = stage;
    if (!proxies) throw new Error("Nothing stands between services and servers");
    const load = await createLoad(stage, seed, people);
    const late: string[] = [];
    let longest = 0;

    async function suffer(dependency: Dependency, way: string): Promise<void> {
      const proxy = proxies?.[dependency];
      if (!proxy) return;
      await ways[way]?.(proxy);
      await Bun.sleep(seconds * 1_000);
      await proxy.clear();
      await proxy.enable();
      const healed = performance.now();
      await untilReady(stage, patience);
      await openTask(stage.team.admin, load.deeds, `after ${dependency} ${way}`);
      const took = Math.round(performance.now() - healed);
      longest = Math.max(longest, took);
      tell(`${dependency} ${way}: back after ${took} ms`);
      if (took > allowed) late.push(`${dependency} ${way}: back after ${took} ms`);
    }

    let suffering = true;
    const working = (async () => {
      while (suffering) await load.work(load.deeds.done() + people);
    })();
    for (const dependency of ["database", "broker", "vault", "chain"] as const) {
      for (const way of Object.keys(ways)) await suffer(dependency, way);
    }
    suffering = false;
    await working;
    const judged = await judge({ stage, deeds: load.deeds, surprises: load.surprises(), scale, tell });

    if (scale === "long") {
      for (const proxy of Object.values(proxies)) await proxy.add(slow);
      await playStory({ url, chainUrl: development.chainUrl, contracts: development.contracts });
      tell("The demo's figures held on slow ways");
    }
    return {
      figures: { ...judged.figures, "longest ms to recover": longest },
      faults: [...judged.faults, ...late],
    };
  }

  return onStage({ tell, play, proxied: true });
}
