import { join } from "node:path";
import {
  createEventBus,
  createParking,
  createStores,
  createWitnessStore,
  openDatabase,
} from "../adapters/sqlite/mod.ts";
import { createBroadcast } from "../adapters/system/mod.ts";
import type { EventBus } from "../ports/messaging.ts";
import type { Clock, Log } from "../ports/mod.ts";
import type { Ground, Host } from "./host.ts";

type Options = {
  /** A folder for the stores, or ":memory:". */
  readonly data: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly running: AsyncDisposableStack;
  /** What stands between the services and their bus. */
  readonly between: (bus: EventBus) => EventBus;
};

/** A file of SQLite for each service, and one for the bus, all of this process. */
export function openEmbedded({ data, clock, log, running, between }: Options): Host["ground"] {
  function open(name: string) {
    const database = openDatabase(data === ":memory:" ? data : join(data, `${name}.sqlite`));
    running.defer(() => database.close());
    return database;
  }

  const bus = between(createEventBus(open("bus"), log));
  const grounds = new Map<string, Ground>();

  function make(service: string): Ground {
    const database = open(service);
    return {
      stores: createStores(database, clock),
      parking: createParking(database),
      witness: createWitnessStore(database),
      ...{ bus, shared: false, broadcast: createBroadcast(log) },
    };
  }

  return (service) => {
    const ground = grounds.get(service) ?? make(service);
    grounds.set(service, ground);
    return ground;
  };
}
