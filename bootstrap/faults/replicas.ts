/**
 * Several processes of each service, of which one is stopped beyond its leases, and then goes on as if nothing had been.
 *
 * @module
 */
import { createRandom, pick, type Random, shuffled } from "../end_to_end/crash/plan.ts";
import { type ProcessName, type ServiceName, serviceNames } from "../service_names.ts";
import type { Outcome, Run } from "./campaign.ts";
import { watchLeases } from "./leases.ts";
import { createLoad } from "./load.ts";
import { createMoney } from "./money.ts";
import { orderFaults } from "./order.ts";
import { openRecords } from "./records.ts";
import { onStage, type Stage } from "./stage.ts";
import { judge } from "./verdict.ts";

export const name = "replicas";
export const what = "two and three replicas of each service, each in turn stopped beyond its leases and awake again";

type Size = {
  readonly replicas: number;
  readonly people: number;
  readonly orders: number;
  /** Which services have a process stopped at the same time, one group after another. */
  readonly groups: (random: Random) => readonly (readonly ServiceName[])[];
};

const oneByOne = (random: Random) => shuffled(serviceNames, random).map((service) => [service]);

const sizes: Readonly<Record<Run["scale"], readonly Size[]>> = {
  short: [{ replicas: 2, people: 3, orders: 1, groups: () => [serviceNames] }],
  long: [2, 3].map((replicas) => ({
    replicas,
    people: 8,
    orders: 6,
    groups: (random) => [...oneByOne(random), serviceNames],
  })),
};

/** A lease on a reading lasts 6 s. */
const stopped = 9_000;
const awake = 2_000;
/** Within this others go on with what a stopped process did. */
const takeover = 10_000;

export async function run({ seed, tell, scale }: Run): Promise<Outcome> {
  const random = createRandom(seed);
  const outcomes: Outcome[] = [];
  for (const size of sizes[scale]) outcomes.push(await once(size));
  const figures = outcomes.flatMap((each, place) =>
    Object.entries(each.figures).map(([figure, count]) => [
      outcomes.length > 1 ? `${place + 2}×${figure}` : figure,
      count,
    ]),
  );
  return { figures: Object.fromEntries(figures), faults: outcomes.flatMap(({ faults }) => faults) };

  function once({ replicas, people, orders, groups }: Size): Promise<Outcome> {
    async function play(stage: Stage): Promise<Outcome> {
      const load = await createLoad(stage, seed, people);
      const money = await createMoney(stage, load.deeds, 1);
      const late: string[] = [];
      let longest = 0;
      let over = false;

      async function sabotage(): Promise<void> {
        await using records = await openRecords(stage.cluster);
        for (const group of groups(random)) {
          const leases = await watchLeases(records, group);
          const victims = group.map((service) => pick(stage.cluster.replicas(service), random));
          tell(`One of ${replicas} stops: ${group.join(", ")}`);
          for (const victim of victims) victim.kill("SIGSTOP");
          const stalls = await leases.stalls(stopped);
          for (const victim of victims) victim.kill("SIGCONT");
          longest = Math.max(longest, ...stalls.map(({ milliseconds }) => milliseconds));
          late.push(...stalls.filter(({ milliseconds }) => milliseconds > takeover).map(({ lease }) => lease));
          await Bun.sleep(awake);
        }
        over = true;
      }

      async function work(): Promise<void> {
        while (!over) await load.work(load.deeds.done() + people);
      }

      await Promise.all([work(), money.move(orders), sabotage()]);
      const { deeds } = load;
      const { figures, faults } = await judge({ stage, deeds, surprises: load.surprises(), money, scale, tell });
      await using records = await openRecords(stage.cluster);
      const disorder = orderFaults(await records.events());
      return {
        figures: { ...figures, disorder: disorder.length, "takeover in ms": Math.round(longest) },
        faults: [...faults, ...disorder, ...late.map((lease) => `Nobody took over ${lease} within ${takeover} ms`)],
      };
    }

    const each = Object.fromEntries(serviceNames.map((service) => [service, replicas]));
    return onStage({ tell, replicas: each as Partial<Record<ProcessName, number>>, play });
  }
}
