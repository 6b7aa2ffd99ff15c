import { setTimeout as sleep } from "node:timers/promises";
import { createLease } from "../../ports/adapting.ts";
import type { Log } from "../../ports/mod.ts";

/** With these another replica reads on 7 seconds after a reader died, at the latest. */
const milliseconds = 6_000;
const betweenRenewals = 2_000;
const betweenTries = 500;

export type Held = AsyncDisposable & {
  /** Aborts when the lease is lost or over, and when it is let go. */
  readonly signal: AbortSignal;
  /** Gives it up: another one was seen at work. */
  lose(): void;
};

type Wanted = Pick<Parameters<typeof createLease>[0], "leases" | "name" | "holder">;

/** Waits until the lease is held, and renews it from then on. Rejects when the signal aborts. */
export async function takeLease(wanted: Wanted, signal: AbortSignal, log: Log): Promise<Held> {
  const lease = createLease({ ...wanted, milliseconds, now: () => performance.now() });
  const lost = new AbortController();
  const held = lost.signal;
  const end = () => lost.abort(signal.reason);
  const tell = (error: unknown) => log(`Cannot keep the lease on ${wanted.name}`, { error });
  let over: ReturnType<typeof setTimeout> | undefined;

  async function hold(): Promise<boolean> {
    if (!(await lease.hold())) return false;
    clearTimeout(over);
    over = setTimeout(() => lease.held() || lost.abort(), milliseconds);
    return true;
  }

  async function keep(): Promise<void> {
    while (!held.aborted) {
      await sleep(betweenRenewals, undefined, { signal: held }).catch(() => {});
      if (held.aborted) return;
      // After a pause beyond the lease others read on: it is not asked for again behind their backs.
      if (!lease.held()) return lost.abort();
      await hold().then((still) => still || lost.abort(), tell);
    }
  }

  while (!(await hold().catch(tell))) await sleep(betweenTries, undefined, { signal });
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  const keeping = keep();
  return {
    signal: held,
    lose: () => lost.abort(),
    async [Symbol.asyncDispose]() {
      signal.removeEventListener("abort", end);
      lost.abort();
      clearTimeout(over);
      await keeping;
      await lease.release().catch(tell);
    },
  };
}
