import { setTimeout as sleep } from "node:timers/promises";
import type { Places, Reading } from "../../ports/messaging.ts";
import type { Log } from "../../ports/mod.ts";

/** With these another replica reads on 7 seconds after a reader died, at the latest. */
const lasts = 6_000;
const betweenRenewals = 2_000;
const betweenTries = 500;

export type Lease = AsyncDisposable & {
  /** Aborts when the lease is lost or over, and when it is let go. */
  readonly signal: AbortSignal;
};

/** Waits until this holder has the lease of a reading, and keeps it. Rejects when the signal aborts. */
export async function takeLease(
  places: Places,
  reading: Reading,
  holder: string,
  signal: AbortSignal,
  log: Log,
): Promise<Lease> {
  const told = (error: unknown) => log(`Cannot keep the lease on ${reading.kind}`, { ...reading, error });
  const goOn = (error: unknown) => {
    told(error);
    return true;
  };
  const lost = new AbortController();
  const held = AbortSignal.any([signal, lost.signal]);
  let over: ReturnType<typeof setTimeout> | undefined;

  /** It counts from before it was asked for: the store's answer may be long on its way. */
  async function acquire(): Promise<boolean> {
    const asked = performance.now();
    if ((await places.acquire(reading, holder, lasts)) === "taken") return false;
    const left = asked + lasts - performance.now();
    clearTimeout(over);
    over = setTimeout(() => lost.abort(), Math.max(left, 0));
    return left > 0;
  }

  async function keep(): Promise<void> {
    for (;;) {
      const due = performance.now() + betweenRenewals;
      await sleep(betweenRenewals, undefined, { signal: held }).catch(() => {});
      if (held.aborted) return;
      // A process that was paused asks for nothing: others read on by now.
      if (performance.now() > due + lasts - betweenRenewals) return lost.abort();
      if (!(await acquire().catch(goOn))) lost.abort();
    }
  }

  while (!(await acquire().catch((error) => told(error)))) await sleep(betweenTries, undefined, { signal });
  const keeping = keep();
  return {
    signal: held,
    async [Symbol.asyncDispose]() {
      lost.abort();
      clearTimeout(over);
      await keeping;
      await places.release(reading, holder).catch(told);
    },
  };
}
