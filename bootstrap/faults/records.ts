/**
 * What a platform has on record, read behind its back: every service's database, and the broker's streams.
 *
 * @module
 */
import { jetstreamManager } from "@nats-io/jetstream";
import type { Db } from "mongodb";
import { createParking, createStores, openDatabase } from "../../adapters/mongodb/mod.ts";
import { type Connection, connectToNats, keeper } from "../../adapters/nats/mod.ts";
import type { Journal } from "../../ports/mod.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { allKinds, kinds } from "../distributed/accounts.ts";
import { databaseOf, urlOf } from "../distributed/ground.ts";
import type { AnyStore } from "../rebuild.ts";
import { type ServiceName, serviceNames } from "../service_names.ts";
import { system } from "../services.ts";
import { kindsOf } from "./kinds.ts";

/** An event as a service's journal has it, and the commit that wrote it. */
export type Recorded = {
  readonly id: string;
  readonly service: ServiceName;
  /** `kind/Type` */
  readonly name: string;
  readonly kind: string;
  readonly aggregate: string;
  readonly key?: string;
  readonly commit: string;
  readonly event: { readonly type: string };
};

export type Books = {
  readonly service: ServiceName;
  readonly db: Db;
  readonly journal: Journal;
  readonly stores: readonly AnyStore[];
  /** What it could not react to. */
  parked(): Promise<readonly string[]>;
};

export type Records = AsyncDisposable & {
  readonly books: readonly Books[];
  /** Every event of every journal. */
  events(): Promise<readonly Recorded[]>;
  /** What is still under way, in words; empty where all is quiet. */
  underWay(): Promise<readonly string[]>;
  /** Streams that hold less than the journals. */
  lacking(): Promise<readonly string[]>;
};

export async function openRecords({ backing }: Cluster): Promise<Records> {
  await using opening = new AsyncDisposableStack();
  const books = serviceNames.map((service): Books => {
    const { mongodb = "", authority } = backing.distribution(service, "");
    const password = backing.passwordOf(service, "mongodb-password");
    const url = urlOf({ mongodb, service, password, authority });
    const database = opening.use(openDatabase({ url, name: databaseOf(service), deadline: 60_000 }));
    const { journal, open } = createStores(database, system.clock);
    const parking = createParking(database);
    return {
      ...{ service, db: database.db, journal, stores: kindsOf(service).map((kind) => open(kind)) },
      async parked() {
        const { items } = await parking.list({ limit: 100 });
        return items.map(({ event, reason }) => `${service} parked ${event.id}: ${reason}`);
      },
    };
  });
  const connection = opening.use(
    await connectToNats({
      ...{ urls: backing.nats.url, name: "campaign", tls: { caFile: backing.vault.caFile }, log: () => {} },
      credentials: { user: keeper, password: backing.passwordOf(keeper, "nats-password") },
    }),
  );
  const end = opening.move();
  return {
    books,
    events: async () => (await Promise.all(books.map(eventsOf))).flat(),
    async underWay() {
      const waiting = await Promise.all(books.map(outboxesOf));
      const streams = await streamsOf(connection);
      const behind = await Promise.all(books.map((each) => behindOf(each, streams)));
      return [...waiting, ...behind].flat();
    },
    async lacking() {
      const streams = await streamsOf(connection);
      return (await Promise.all(books.map((each) => lackingOf(each, streams)))).flat();
    },
    [Symbol.asyncDispose]: () => end.disposeAsync(),
  };
}

type JournalDocument = {
  readonly _id: string;
  readonly kind: string;
  readonly aggregate: string;
  readonly key?: string;
  readonly commit: string;
  readonly stored: string;
};

async function eventsOf({ db, service }: Books): Promise<readonly Recorded[]> {
  const found = await db.collection<JournalDocument>("journal").find({}).toArray();
  return found.map(({ _id: id, kind, aggregate, key, commit, stored }) => {
    const { event } = JSON.parse(stored);
    const name = `${kind}/${event.type}`;
    return { id, service, name, kind, aggregate, commit, event, ...(key !== undefined && { key }) };
  });
}

async function outboxesOf({ db, service }: Books): Promise<readonly string[]> {
  const counts = kindsOf(service).map(async ({ name }) => {
    const count = await db.collection(`aggregate_${name}`).countDocuments({ "outbox.0": { $exists: true } });
    return count === 0 ? [] : [`${count} outboxes of ${name} wait`];
  });
  return (await Promise.all(counts)).flat();
}

type Stream = { readonly created: string; readonly last: number; readonly messages: number };

async function streamsOf({ nats }: Connection): Promise<ReadonlyMap<string, Stream>> {
  const { streams } = await jetstreamManager(nats, { checkAPI: false });
  const found = allKinds.map(async (kind) => {
    const { created, state } = await streams.info(`lucent-${kind}`);
    return [kind, { created, last: state.last_seq, messages: state.messages }] as const;
  });
  return new Map(await Promise.all(found));
}

async function lackingOf({ db, service }: Books, streams: ReadonlyMap<string, Stream>): Promise<readonly string[]> {
  const lacking = kinds[service].publishes.map(async (kind) => {
    const held = streams.get(kind)?.messages ?? 0;
    const events = await db.collection("journal").countDocuments({ kind });
    return held < events ? [`The stream of ${kind} holds ${held} of ${events} events`] : [];
  });
  return (await Promise.all(lacking)).flat();
}

type Place = { readonly _id: string; readonly value: { readonly stream?: string; readonly sequence?: number } };

/** Consumers that have yet to come to the end of a stream. */
async function behindOf({ db, service }: Books, streams: ReadonlyMap<string, Stream>): Promise<readonly string[]> {
  const places = await db.collection<Place>("record_bus_place").find({}).toArray();
  const read = new Set(places.map(({ _id }) => _id.slice(_id.indexOf("/") + 1)));
  const unread = kinds[service].consumes.filter((kind) => !read.has(kind)).map((kind) => `${service} reads no ${kind}`);
  const behind = places.flatMap(({ _id, value: { stream, sequence = 0 } }) => {
    const found = streams.get(_id.slice(_id.indexOf("/") + 1));
    const reached = found && (found.last === 0 || (stream === found.created && sequence >= found.last));
    return reached ? [] : [`${_id} is at ${sequence} of ${found?.last}`];
  });
  return [...unread, ...behind];
}
