import { setTimeout } from "node:timers/promises";
import { DeliverPolicy, type JsMsg, jetstream } from "@nats-io/jetstream";
import { createTallies, type TalliesOptions } from "../../ports/adapting.ts";
import type { Count, Log } from "../../ports/mod.ts";
import { asFault } from "./_faults.ts";
import { watchLink } from "./_link.ts";
import { pulling } from "./_reader.ts";
import { countsOf, defaultRoot, keyIn, streamOfBucket } from "./_subjects.ts";
import type { Connection } from "./connection.ts";

export type CounterOptions = TalliesOptions & {
  readonly connection: Connection;
  /** Whose replicas count together. */
  readonly service: string;
  /** The first word of subjects and streams. Default: `lucent`. */
  readonly root?: string;
  readonly log: Log;
  /** Milliseconds between two messages to the other replicas. Default: 200. */
  readonly every?: number;
};

type Counts = Map<string, number>;

const untilAnotherTry = 1_000;
const acknowledged = 3_000;
/** Counts in one message: far below what a server takes at once. */
const mostInOne = 10_000;
const mostUntold = 100_000;

/**
 * Counts with the other replicas of a service. What this one has counted since it last said so goes into the service's bucket,
 * under a key that no one else writes: no two ever write one count. Nobody waits for NATS; while it is away each replica
 * counts by itself.
 */
export function createCounter(options: CounterOptions): AsyncDisposable & { readonly count: Count } {
  const { connection, service, root = defaultRoot, log, every = 200, ...ticking } = options;
  const bucket = countsOf(root, service);
  const replica = Bun.randomUUIDv7();
  const tallies = createTallies(ticking);
  const js = jetstream(connection.nats);
  const link = watchLink(connection);
  const stop = new AbortController();
  const { signal } = stop;
  /** What the others have not been told of the minute. */
  let news = { minute: 0, counts: new Map() as Counts };
  let messages = 0;

  async function repeat(doing: string, pause: number, work: () => Promise<void>): Promise<void> {
    let failed = false;
    while (!signal.aborted) {
      try {
        await link.stands(signal);
        await work();
        failed = false;
      } catch (error) {
        if (!signal.aborted && !failed) log(doing, { service, error: asFault(error, doing) });
        failed = true;
      }
      await setTimeout(failed ? untilAnotherTry : pause, undefined, { signal }).catch(() => {});
    }
  }

  async function tell(): Promise<void> {
    const { minute, counts } = news;
    news = { minute, counts: new Map() };
    try {
      for (let left = [...counts]; left.length > 0; left = left.slice(mostInOne)) {
        const body = JSON.stringify(Object.fromEntries(left.slice(0, mostInOne)));
        const key = keyIn(bucket, `${minute}.${replica}.${messages++}`);
        await link.whileUp(js.publish(key, body, { timeout: acknowledged }));
      }
    } catch (error) {
      if (news.minute === minute) news.counts = new Map([...counts, ...news.counts]);
      throw error;
    }
  }

  async function listen(): Promise<void> {
    const all = { deliver_policy: DeliverPolicy.All, inactive_threshold: 30_000 };
    const reader = await link.whileUp(js.consumers.get(streamOfBucket(bucket), all));
    const incoming = await reader.consume(pulling);
    const end = () => incoming.stop();
    signal.addEventListener("abort", end);
    try {
      for await (const message of incoming) learn(message);
    } finally {
      signal.removeEventListener("abort", end);
      end();
      reader.delete().catch(() => {});
    }
  }

  function learn(message: JsMsg): void {
    const [minute, process = ""] = message.subject.slice(keyIn(bucket, "").length).split(".");
    if (process === replica) return;
    for (const [key, count] of countsIn(message)) tallies.learn(Number(minute), key, process, count);
  }

  const working = [
    repeat("Cannot tell the other replicas what was counted", every, tell),
    repeat("Cannot hear what the other replicas count", untilAnotherTry, listen),
  ];

  return {
    count(key) {
      const name = Bun.CryptoHasher.hash("sha256", key, "base64url").slice(0, 16);
      const { total, left, minute, own } = tallies.count(name);
      if (minute !== news.minute) news = { minute, counts: new Map() };
      if (news.counts.size < mostUntold || news.counts.has(name)) news.counts.set(name, own);
      return { total, left };
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all(working);
      await link[Symbol.asyncDispose]();
    },
  };
}

/** Another release's replica may write what this one can't read. */
function countsIn(message: JsMsg): readonly [string, number][] {
  try {
    return Object.entries<number>(message.json()).filter(([, count]) => Number.isSafeInteger(count));
  } catch {
    return [];
  }
}
