/**
 * Ends and stops processes and servers of a platform, by chance.
 *
 * @module
 */
import type { Cluster } from "../cluster/cluster.ts";
import { pick, type Random, shuffled } from "../end_to_end/crash/plan.ts";
import { serviceNames } from "../service_names.ts";

type Place = "service" | "gateway" | "keeper" | "broker" | "database";

export type Strike = { readonly deed: "kill" | "stop"; readonly place: Place };

/** Every kind of strike comes before any comes again. */
const deck: readonly Strike[] = [
  { deed: "kill", place: "service" },
  { deed: "kill", place: "service" },
  { deed: "kill", place: "broker" },
  { deed: "kill", place: "database" },
  { deed: "kill", place: "gateway" },
  { deed: "stop", place: "service" },
  { deed: "stop", place: "broker" },
  { deed: "stop", place: "database" },
];

export function planStrikes(rounds: number, random: Random): readonly Strike[] {
  return Array.from({ length: rounds }, () => shuffled(deck, random)).flat();
}

export function createSaboteur({ replicas, backing }: Cluster, random: Random, tell: (line: string) => void) {
  const waking: Promise<void>[] = [];

  function victimOf(place: Place) {
    if (place === "broker") return { name: "nats-server", kill: backing.nats.kill };
    if (place === "database") return { name: "SecantusDB", kill: backing.mongodb.kill };
    const [first, ...others] = replicas(place === "service" ? pick(serviceNames, random) : place);
    return first && pick([first, ...others], random);
  }

  return {
    /** Does it, and does not wait for what comes of it. */
    strike({ deed, place }: Strike): void {
      const victim = victimOf(place);
      if (!victim) return;
      tell(`${deed} ${victim.name}`);
      victim.kill(deed === "kill" ? "SIGKILL" : "SIGSTOP");
      if (deed === "stop") waking.push(Bun.sleep(1_000 + random() * 4_000).then(() => victim.kill("SIGCONT")));
    },
    /** Resolves once nobody is stopped any more. */
    awake: () => Promise.all(waking),
  };
}
