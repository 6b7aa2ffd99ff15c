import { type Fault, VaultThrottled, VaultUnreachable } from "../../ports/mod.ts";
import { faultOf } from "./_answers.ts";

/** In milliseconds, but for `failures`. */
export type Patience = {
  /** How long one try may take. */
  readonly answer: number;
  /** How long all tries of a call, with the pauses between, may take. */
  readonly budget: number;
  /** After so many failed tries in a row nobody asks for the time of `rest`; then one does, to see. */
  readonly failures: number;
  readonly rest: number;
};

export const usual: Patience = { answer: 3_000, budget: 8_000, failures: 5, rest: 2_000 };

/** Asks the vault: `what` completes "Cannot …". Always ends within the budget, with the answer or a fault. */
export type Ask = <T>(what: string, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;

const firstPause = 100;

export function createAsk(patience: Patience, now: () => number): Ask {
  const { answer, budget } = patience;
  const breaker = createBreaker(patience, now);

  async function tryOnce<T>(what: string, limit: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      const result = await within(limit, work);
      breaker.succeeded();
      return result;
    } catch (error) {
      const fault = faultOf(what, error);
      // A refusal is an answer: the vault is there.
      if (fault.retryable) breaker.failed(fault);
      else breaker.succeeded();
      throw fault;
    }
  }

  return async (what, work) => {
    const end = now() + budget;
    for (let attempt = 0; ; attempt++) {
      breaker.enter(what);
      try {
        return await tryOnce(what, Math.max(Math.min(answer, end - now()), 1), work);
      } catch (error) {
        const fault = error as Fault;
        const asked = fault instanceof VaultThrottled ? fault.retryAfter : 0;
        const pause = Math.max(firstPause * 2 ** attempt * (0.5 + Math.random() / 2), asked);
        if (!fault.retryable || now() + pause >= end) throw fault;
        await new Promise((resolve) => setTimeout(resolve, pause));
        if (!breaker.mayEnter()) throw fault;
      }
    }
  };
}

/** Stands open after failures in a row, or for as long as the vault asked for; then lets one through, to see. */
function createBreaker({ failures, rest }: Patience, now: () => number) {
  let inRow = 0;
  let openUntil = 0;
  let probing = false;
  let last: Fault | undefined;

  const mayEnter = () => openUntil === 0 || (openUntil <= now() && !probing);

  return {
    mayEnter,
    enter(what: string): void {
      if (openUntil === 0) return;
      if (mayEnter()) {
        probing = true;
        return;
      }
      const left = openUntil - now();
      const told = `Cannot ${what}: not asked, for the last who asked were told: ${last?.message}`;
      throw last instanceof VaultThrottled ? new VaultThrottled(told, Math.max(left, 0)) : new VaultUnreachable(told);
    },
    succeeded(): void {
      inRow = 0;
      openUntil = 0;
      probing = false;
    },
    failed(fault: Fault): void {
      inRow++;
      probing = false;
      last = fault;
      if (fault instanceof VaultThrottled) openUntil = Math.max(openUntil, now() + fault.retryAfter);
      else if (inRow >= failures) openUntil = now() + rest;
    },
  };
}

/** The work's outcome, or an outage when the time is over: not all that runs below heeds the signal. */
async function within<T>(limit: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(Object.assign(new Error(), { code: "TimedOut" }));
    stop.abort();
  }, limit);
  try {
    return await Promise.race([work(stop.signal), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
