import { afterAll } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { createRandom } from "../../bootstrap/end_to_end/crash/plan.ts";
import { startNats } from "../../bootstrap/servers/mod.ts";
import type { Instant } from "../../domains/shared/mod.ts";
import { event } from "../../ports/messaging_contract.ts";
import type { Envelope } from "../../ports/mod.ts";
import { createStores, openDatabase } from "../sqlite/mod.ts";
import type { History } from "./_history.ts";
import { type Connection, type ConnectOptions, connectToNats, createEventBus, type EventBusOptions } from "./mod.ts";

export const silent = () => {};

/** What a file of tests opens; it is closed after them, the last one first. */
export function openStand() {
  const opened = new AsyncDisposableStack();
  afterAll(() => opened.disposeAsync());

  function folder(): string {
    const path = mkdtempSync(join(tmpdir(), "lucent-nats-"));
    opened.defer(() => rmSync(path, { recursive: true, force: true }));
    return path;
  }

  async function openConnection(urls: string, options: Partial<ConnectOptions> = {}): Promise<Connection> {
    return opened.use(await connectToNats({ urls, name: "test", log: silent, ...options }));
  }

  /** A server that others use too is left as it was. */
  function removing(connection: Connection, root: string): void {
    opened.defer(() => removeStreams(connection, `${root}-`));
  }

  /** A bus as a process of its own would have one. */
  async function openBus(url: string, options: Partial<EventBusOptions> = {}) {
    const connection = options.connection ?? (await openConnection(url));
    if (options.root !== undefined) removing(connection, options.root);
    return opened.use(await createEventBus({ connection, records: openRecords(), log: silent, ...options }));
  }

  /** A server that may be killed, and started again where it was. */
  async function startBroker() {
    const storage = folder();
    let server = await startNats({ storage });
    opened.defer(() => server[Symbol.asyncDispose]());
    const { url } = server;
    const end = async (signal: NodeJS.Signals) => {
      server.kill(signal);
      await server.exited;
    };
    return {
      ...{ url, storage },
      pause: () => server.kill("SIGSTOP"),
      die: () => end("SIGKILL"),
      stop: () => end("SIGTERM"),
      async start(): Promise<void> {
        await server[Symbol.asyncDispose]();
        server = await startNats({ storage, port: Number(new URL(url).port) });
      },
      /** All that it has stored is gone. */
      wipe: () => rmSync(join(storage, "jetstream"), { recursive: true, force: true }),
      /** Resolves once it has the stream. */
      async has(stream: string): Promise<void> {
        const { nats } = await openConnection(url);
        const { streams } = await jetstreamManager(nats);
        while (!(await streams.info(stream).catch(() => undefined))) await Bun.sleep(20);
      },
      /** From now on a stream keeps so many messages only. */
      async shorten(stream: string, messages: number): Promise<void> {
        const { nats } = await openConnection(url);
        const { streams } = await jetstreamManager(nats);
        await streams.update(stream, { max_msgs: messages });
      },
    };
  }

  return { opened, folder, openConnection, openBus, removing, startBroker };
}

/** A consumer's own store. */
export const openRecords = () => createStores(openDatabase(":memory:"), () => "" as Instant).records;

async function removeStreams({ nats }: Connection, prefix: string): Promise<void> {
  const { streams } = await jetstreamManager(nats);
  for await (const name of streams.names()) if (name.replace(/^KV_/, "").startsWith(prefix)) await streams.delete(name);
}

/** A journal of these events, as long as they grow. */
export function historyOf(events: readonly Envelope[]): History {
  return async ({ kind, from = "", before, after = "0", limit }) => {
    const wanted = (each: Envelope) =>
      each.kind === kind && each.at >= from && (before === undefined || each.at < before);
    const rest = events.map((envelope, place) => ({ envelope, cursor: `${place + 1}` })).slice(Number(after));
    const items = rest.filter(({ envelope }) => wanted(envelope));
    const page = items.slice(0, limit);
    return { items: page, ...(items.length > limit && { next: page.at(-1)?.cursor ?? "" }) };
  };
}

/** A service that has recorded what it publishes. */
export function openProducer() {
  const recorded: Envelope[] = [];
  const records = openRecords();
  const own = { kinds: ["play"], history: historyOf(recorded) };
  return {
    records,
    own,
    record(revisions: readonly number[], aggregate = "a"): readonly Envelope[] {
      const now = new Date().toISOString() as Envelope["at"];
      const events = revisions.map((revision) => ({ ...event("play", aggregate, revision), at: now }));
      recorded.push(...events);
      return events;
    },
  };
}

/** Handles what comes as reactions do: what has come before has no effect. */
export function effects() {
  const known = new Set<string>();
  const last = new Map<string, number>();
  const disorder: string[] = [];
  return {
    disorder,
    count: () => known.size,
    async react({ id, aggregate, revision }: Envelope): Promise<void> {
      if (known.has(id)) return;
      known.add(id);
      if (revision !== (last.get(aggregate) ?? 0) + 1) disorder.push(`${id} after ${last.get(aggregate)}`);
      last.set(aggregate, revision);
    },
  };
}

/** A consumer's effects that come to a stand behind so many revisions, until it is let on. */
export function laggingEffects(reached: number) {
  const { react, ...told } = effects();
  const open = Promise.withResolvers<void>();
  return {
    ...told,
    letOn: open.resolve,
    async react(event: Envelope): Promise<void> {
      if (event.revision > reached) await open.promise;
      await react(event);
    },
  };
}

export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await Bun.sleep(5);
}

export const numbers = (many: number, from = 1) => Array.from({ length: many }, (_, place) => place + from);

/** Numbers below a limit, the same in every run; NATS_SEED gives others. */
export function random() {
  const seed = Number(process.env.NATS_SEED ?? 7);
  process.stdout.write(`NATS_SEED=${seed}\n`);
  const next = createRandom(seed);
  return { seed, below: (limit: number) => Math.floor(next() * limit) };
}
