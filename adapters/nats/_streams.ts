import {
  DiscardPolicy,
  type JetStreamManager,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamInfo,
} from "@nats-io/jetstream";
import { Kvm, type KvOptions } from "@nats-io/kv";
import { nanos } from "@nats-io/transport-node";
import { minute } from "../../ports/adapting.ts";
import { BusUnreachable, NotPermitted } from "../../ports/mod.ts";
import { asFault, isMissing } from "./_faults.ts";
import { type Kept, keeping } from "./_place.ts";
import { countsOf, streamOf, subjectsOf } from "./_subjects.ts";
import type { Connection } from "./connection.ts";

/** For retries that follow each other closely; what comes later again is harmless by its key. */
const duplicateWindow = 2 * 60 * 1000;

/** The streams of one platform: one a kind, and what replicas count together. */
export type Streams = {
  /** Undefined where there is none. */
  find(kind: string): Promise<Kept | undefined>;
  /** Finds it or makes it. `BusUnreachable` where there is none and this account may make none: another one will. */
  make(kind: string): Promise<Kept>;
  /** Makes where the replicas of a service tell each other what they count. */
  makeCounts(service: string): Promise<void>;
};

export async function openStreams(connection: Connection, root: string, replicas: number): Promise<Streams> {
  const manager: JetStreamManager = await jetstreamManager(connection.nats, { checkAPI: false });
  const kvm = new Kvm(connection.nats);

  async function find(kind: string): Promise<Kept | undefined> {
    try {
      return keptBy(await manager.streams.info(streamOf(root, kind)));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw asFault(error, `Cannot find the stream of ${kind}`);
    }
  }

  return {
    find,
    make: async (kind) => (await find(kind)) ?? (await making(`stream of ${kind}`, () => add(kind))),
    makeCounts: (service) => makeBucket(countsOf(root, service), { storage: StorageType.Memory, ttl: 2 * minute }),
  };

  async function makeBucket(name: string, kept: Partial<KvOptions>): Promise<void> {
    await making(`bucket ${name}`, () => kvm.create(name, { replicas, ...kept }));
  }

  async function add(kind: string): Promise<Kept> {
    const added = await manager.streams.add({
      ...{ name: streamOf(root, kind), subjects: [subjectsOf(root, kind)], num_replicas: replicas },
      ...{ retention: RetentionPolicy.Limits, storage: StorageType.File, discard: DiscardPolicy.Old },
      ...{ max_age: nanos(keeping), duplicate_window: nanos(duplicateWindow) },
      // What happened is not taken back.
      ...{ deny_delete: true, deny_purge: true },
    });
    return keptBy(added);
  }
}

function keptBy({ created, state }: StreamInfo): Kept {
  const { first_seq: first, first_ts: firstAt, last_seq: last, messages } = state;
  return { created, first, last, ...(messages > 0 && { firstAt }) };
}

async function making<T>(what: string, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    const fault = asFault(error, `Cannot make the ${what}`);
    if (!(fault instanceof NotPermitted)) throw fault;
    throw new BusUnreachable(`There is no ${what}, and this account may not make it`, { cause: error });
  }
}
