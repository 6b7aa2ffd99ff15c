import { join } from "node:path";
import {
  createEventBus,
  createParking,
  createStores,
  createWitnessStore,
  openDatabase,
  type Stores,
} from "../adapters/sqlite/mod.ts";
import type { EventBus } from "../ports/messaging.ts";
import type { Clock, DeriveId, Digest, Log, NewId, Reactor, WitnessStore } from "../ports/mod.ts";
import { consume } from "./consume.ts";
import { every } from "./every.ts";
import { createParkedEvents, type ParkedEvents } from "./parked_events.ts";
import { type Relay, startRelay } from "./relay.ts";

/** What every service gets of the process that it runs in. */
export type Host = {
  /** A folder for the stores, or ":memory:". */
  readonly data: string;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly deriveId: DeriveId;
  readonly digest: Digest;
  readonly log: Log;
  readonly running: AsyncDisposableStack;
};

/** What a service stands on: its own stores, its relay, its consumers, its clockwork. */
export type Footing = {
  readonly name: string;
  readonly stores: Stores;
  readonly relay: Relay;
  /** The kinds that it reacts to. */
  readonly consumes: readonly string[];
  /** Where another service's roots are kept. */
  readonly witness: WitnessStore;
  /** Begins to react, once the service is wired. Call it once. */
  react(...reactors: readonly Reactor[]): ParkedEvents;
  /** Repeats some work while the service runs. */
  every(milliseconds: number, what: string, work: (signal: AbortSignal) => Promise<unknown>): void;
};

const betweenRetries = 30_000;

/** Opens a service's stores and starts its relay. */
export function openService(name: string, { data, bus, clock, log, running }: Host): Footing {
  const database = openDatabase(fileOf(data, name));
  running.defer(() => database.close());
  const stores = createStores(database, clock);
  const relay = running.use(startRelay(stores.outbox, bus, log));
  const repeat: Footing["every"] = (milliseconds, what, work) => void running.use(every(milliseconds, what, work, log));
  const consumes: string[] = [];
  return {
    name,
    stores,
    relay,
    consumes,
    witness: createWitnessStore(database),
    every: repeat,
    react(...reactors) {
      const parking = createParking(database);
      const parked = createParkedEvents(parking, reactors, log);
      consumes.push(...reactors.map(({ kind }) => kind));
      for (const reactor of reactors) running.use(consume({ consumer: name, ...reactor }, bus, parking, log));
      repeat(betweenRetries, `try ${name}'s parked events again`, parked.retry);
      return parked;
    },
  };
}

/** The bus of a process that runs all services. */
export function openBus(data: string, log: Log, running: AsyncDisposableStack): EventBus {
  const database = openDatabase(fileOf(data, "bus"));
  running.defer(() => database.close());
  return createEventBus(database, log);
}

function fileOf(data: string, name: string): string {
  return data === ":memory:" ? data : join(data, `${name}.sqlite`);
}
