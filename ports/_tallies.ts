import type { Counted } from "./counting.ts";

/** Milliseconds that are counted together. */
export const minute = 60_000;

export type TalliesOptions = {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** How many keys are remembered; of more, the one that was counted longest ago is forgotten. Default: 100,000. */
  readonly most?: number;
};

type Tally = { own: number; others: number; parts?: Map<string, number> };

/** Counts by key and minute: what this process counts, and what others say they have. */
export function createTallies({ now = Date.now, most = 100_000 }: TalliesOptions = {}) {
  const minutes = new Map<number, Map<string, Tally>>();
  let current = -1;

  /** Answers how much of the minute is left. */
  function turn(): number {
    const at = now();
    const number = Math.floor(at / minute);
    if (number !== current) {
      current = number;
      for (const each of minutes.keys()) if (!isNear(each)) minutes.delete(each);
    }
    return minute - (at % minute);
  }

  /** Clocks differ: what others count in the minute before or after is kept beside. */
  const isNear = (number: number) => Math.abs(number - current) <= 1;

  function tallyOf(number: number, key: string): Tally {
    const tallies = minutes.get(number) ?? new Map<string, Tally>();
    minutes.set(number, tallies);
    const tally = tallies.get(key) ?? { own: 0, others: 0 };
    tallies.delete(key);
    if (tallies.size >= most) tallies.delete(tallies.keys().next().value ?? "");
    tallies.set(key, tally);
    return tally;
  }

  return {
    count(key: string): Counted & { readonly minute: number; readonly own: number } {
      const left = turn();
      const tally = tallyOf(current, key);
      tally.own++;
      return { total: tally.own + tally.others, left, minute: current, own: tally.own };
    },
    /** What another process has counted under a key in a minute, as it last said. */
    learn(number: number, key: string, process: string, count: number): void {
      turn();
      if (!isNear(number)) return;
      const tally = tallyOf(number, key);
      tally.parts ??= new Map();
      tally.others += count - (tally.parts.get(process) ?? 0);
      tally.parts.set(process, count);
    },
  };
}
