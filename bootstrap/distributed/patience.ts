import { setTimeout } from "node:timers/promises";
import type { Questions } from "../../ports/messaging.ts";
import { type Log, ServiceUnreachable } from "../../ports/mod.ts";

type Options = {
  readonly ask: Questions["ask"];
  readonly log: Log;
  /** Milliseconds from now on in which others may still be starting. */
  readonly within?: number;
};

const betweenTries = 300;

/**
 * Asks others that may only be starting, as a platform's processes do together: who does not answer yet is told of in a line
 * and asked again. Later, and once disposed, it is a fault like any other.
 */
export function askPatiently({ ask, log, within = 60_000 }: Options) {
  const stop = new AbortController();
  const limit = AbortSignal.any([stop.signal, AbortSignal.timeout(within)]);
  const waitedFor = new Set<string>();

  const patiently: Questions["ask"] = async (question, about, options) => {
    for (;;) {
      try {
        return await ask(question, about, options);
      } catch (error) {
        if (!(error instanceof ServiceUnreachable) || limit.aborted) throw error;
        const [service = ""] = question.split(".");
        if (!waitedFor.has(service)) log(`Waits for ${service}, which does not answer yet`, { question });
        waitedFor.add(service);
        await setTimeout(betweenTries, undefined, { signal: limit }).catch(() => {});
      }
    }
  };

  return { ask: patiently, [Symbol.dispose]: () => stop.abort() };
}
