/** Runs `work` again and again for a while, so many at a time. Answers how often a second it was done. */
export async function ratePerSecond(
  milliseconds: number,
  inFlight: number,
  work: () => Promise<unknown>,
): Promise<number> {
  const start = performance.now();
  let done = 0;
  const lane = async () => {
    while (performance.now() - start < milliseconds) {
      await work();
      done++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return (done * 1000) / (performance.now() - start);
}

/** Measures alternatives in turns, so that what else the machine does meets all alike. Answers each round's samples. */
export async function inTurns<Name extends string>(
  rounds: number,
  measures: Readonly<Record<Name, () => Promise<number>>>,
): Promise<readonly Readonly<Record<Name, number>>[]> {
  const names = Object.keys(measures) as Name[];
  const samples: Record<Name, number>[] = [];
  for (let round = 0; round < rounds; round++) {
    const sample = {} as Record<Name, number>;
    for (const name of names) sample[name] = await measures[name]();
    samples.push(sample);
  }
  return samples;
}

/** The median of what the rounds give; of a ratio, the median of the ratios within a round. */
export function median<Sample>(samples: readonly Sample[], of: (sample: Sample) => number): number {
  return percentile(samples.map(of), 50);
}

/** The value that so many percent of the samples do not exceed. */
export function percentile(samples: readonly number[], percent: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN;
}
