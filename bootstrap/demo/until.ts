/** Asks until the answer is as wanted; gives up after `patience` milliseconds and says what it waited for. */
export async function until<T>(
  what: string,
  ask: () => Promise<T>,
  wanted: (answer: T) => boolean,
  patience = 60_000,
): Promise<T> {
  for (const started = Date.now(); ; await Bun.sleep(100)) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (Date.now() - started > patience)
      throw new Error(`Waited ${patience} ms for ${what}: ${JSON.stringify(answer)}`);
  }
}
