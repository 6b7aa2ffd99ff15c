import { setTimeout } from "node:timers/promises";
import type { Log } from "../../ports/mod.ts";
import { openStreams } from "./_streams.ts";
import { defaultRoot } from "./_subjects.ts";
import type { Connection } from "./connection.ts";

const betweenLooks = 1_000;

export type KeepStreamsOptions = {
  readonly connection: Connection;
  readonly kinds: readonly string[];
  /** The services whose replicas count together. Default: none. */
  readonly counting?: readonly string[];
  /** The first word of subjects and streams. Default: `lucent`. */
  readonly root?: string;
  /** How many servers keep a copy of each stream. Default: 1. */
  readonly replicas?: number;
  readonly log: Log;
};

/**
 * Makes the streams of the kinds and the buckets of counts, and again whenever one is gone, until disposed. Who may make streams may make them copy what
 * they like into others: an account of its own does it, and no service may. Resolves when all are there.
 */
export async function keepStreams(options: KeepStreamsOptions): Promise<AsyncDisposable> {
  const { connection, kinds, counting = [], root = defaultRoot, replicas = 1, log } = options;
  const streams = await openStreams(connection, root, replicas);
  const stop = new AbortController();
  const { signal } = stop;

  async function look(): Promise<void> {
    for (const kind of kinds) await streams.make(kind);
    for (const service of counting) await streams.makeCounts(service);
  }

  await look();
  const looking = (async () => {
    while (!signal.aborted) {
      await setTimeout(betweenLooks, undefined, { signal }).catch(() => {});
      if (!signal.aborted) await look().catch((error) => log("Cannot keep the streams", { error }));
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await looking;
    },
  };
}
