/**
 * Processes and servers are killed and stopped while people work.
 *
 * @module
 */
import { createRandom } from "../end_to_end/crash/plan.ts";
import type { Outcome, Run } from "./campaign.ts";
import { createLoad } from "./load.ts";
import { createMoney } from "./money.ts";
import { createSaboteur, planStrikes } from "./saboteur.ts";
import { onStage, type Stage } from "./stage.ts";
import { judge } from "./verdict.ts";

export const name = "kills";
export const what = "kill -9 and SIGSTOP of services, broker and database at random, under 20,000 commands";

const sizes = {
  short: { commands: 250, people: 8, rounds: 1, investors: 1, orders: 1 },
  long: { commands: 20_000, people: 16, rounds: 12, investors: 4, orders: 10 },
} as const;

export function run({ seed, tell, scale }: Run): Promise<Outcome> {
  const { commands, people, rounds, investors, orders } = sizes[scale];
  const random = createRandom(seed);

  async function play(stage: Stage): Promise<Outcome> {
    const load = await createLoad(stage, seed, people);
    const money = await createMoney(stage, load.deeds, investors);
    const saboteur = createSaboteur(stage.cluster, random, tell);
    const strikes = planStrikes(rounds, random);
    const start = load.deeds.done();
    const apart = (commands - start) / (strikes.length + 1);

    async function sabotage(): Promise<void> {
      for (const [place, strike] of strikes.entries()) {
        await load.deeds.reached(start + Math.floor(apart * (place + random())));
        saboteur.strike(strike);
      }
    }

    await Promise.all([load.work(commands), money.move(orders), sabotage()]);
    await saboteur.awake();
    const { deeds } = load;
    const { figures, faults } = await judge({ stage, deeds, surprises: load.surprises(), money, scale, tell });
    return { figures: { ...figures, filled: investors * orders, strikes: strikes.length }, faults };
  }

  return onStage({ tell, play });
}
