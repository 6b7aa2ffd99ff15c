import { createParking, createStores, createWitnessStore, openDatabase } from "../../adapters/mongodb/mod.ts";
import { type Connection, createBroadcast, createEventBus } from "../../adapters/nats/mod.ts";
import type { EventBus, Questions } from "../../ports/messaging.ts";
import type { Clock, Journal, Log } from "../../ports/mod.ts";
import type { Ground } from "../host.ts";
import type { ServiceName } from "../service_names.ts";
import { accounts } from "./accounts.ts";
import { remoteHistory } from "./remote.ts";

type JournalQuery = Parameters<Journal["read"]>[0];

type Options = {
  readonly service: ServiceName;
  readonly mongodb: string;
  readonly password: string;
  /** A PEM file of the authority that signed MongoDB's certificate, where it is an own one. */
  readonly authority: string | undefined;
  readonly connection: Connection;
  /** Asks others for what streams no longer keep. */
  readonly ask: Questions["ask"];
  readonly clock: Clock;
  readonly log: Log;
  readonly running: AsyncDisposableStack;
  readonly between: (bus: EventBus) => EventBus;
};

/** The database of a service and its user are called so. */
export const databaseOf = (service: ServiceName) => `lucent_${service}`;

/** A service's own database on MongoDB, and NATS for a bus. `settle` when all that it keeps is open. */
export async function openGround(options: Options) {
  const { service, connection, ask, clock, log, running, between } = options;
  const database = running.use(openDatabase({ url: urlOf(options), name: databaseOf(service) }));
  const stores = createStores(database, clock);
  const { publishes } = accounts[service];
  const own = { kinds: publishes, history: (query: JournalQuery) => stores.journal.read(query) };
  const others = remoteHistory(ask);
  const bus = running.use(
    await createEventBus({
      ...{ connection, records: stores.records, own, log },
      history: (query) => (publishes.includes(query.kind) ? own.history(query) : others(query)),
    }),
  );
  const ground: Ground = {
    stores,
    parking: createParking(database),
    witness: createWitnessStore(database),
    ...{ bus: between(bus), shared: true, broadcast: createBroadcast({ connection, service, log }) },
  };
  return {
    ground,
    check: () => bus.check(),
    /** Makes the collections and indexes of all that is open, and takes over what dead processes left. */
    async settle(): Promise<void> {
      await stores.ready();
      running.use(stores.sweep(log));
    },
  };
}

/** With the service's own credentials, which are known in its own database. A list of hosts is no URL that `URL` reads. */
export function urlOf({
  mongodb,
  service,
  password,
  authority,
}: Pick<Options, "mongodb" | "service" | "password" | "authority">) {
  const name = databaseOf(service);
  const [, protocol, hosts, query = ""] = /^([a-z+]+):\/\/([^/?]+)\/?\??(.*)$/.exec(mongodb) ?? [];
  const options = new URLSearchParams(query);
  options.set("authSource", name);
  const secure = protocol === "mongodb+srv" || options.get("tls") === "true" || options.get("ssl") === "true";
  if (secure && authority !== undefined) options.set("tlsCAFile", authority);
  return `${protocol}://${name}:${encodeURIComponent(password)}@${hosts}/${name}?${options}`;
}
