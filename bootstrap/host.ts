import { createLease, leaseKind } from "../ports/adapting.ts";
import type { EventBus, Outbox, Parking } from "../ports/messaging.ts";
import type {
  AggregateKind,
  AggregateStore,
  Clock,
  DeriveId,
  Digest,
  Journal,
  Log,
  NewId,
  Reactor,
  RecordKind,
  RecordStore,
  WitnessStore,
} from "../ports/mod.ts";
import { type Consumption, consume } from "./consume.ts";
import { every } from "./every.ts";
import { createParkedEvents, type ParkedEvents } from "./parked_events.ts";
import { type Relay, startRelay } from "./relay.ts";

/** The stores of one service: for each kind of aggregate or record, and one journal for all events. */
export type Stores = {
  open<State, Event>(kind: AggregateKind<State, Event>): AggregateStore<State, Event>;
  records<Value>(kind: RecordKind<Value>): RecordStore<Value>;
  readonly outbox: Outbox;
  readonly journal: Journal;
};

/** What a service is put on: where it keeps things, and the bus. */
export type Ground = {
  readonly stores: Stores;
  readonly parking: Parking;
  /** Where another service's roots are kept. */
  readonly witness: WitnessStore;
  readonly bus: EventBus;
  /** Whether other processes run the same service: then work that repeats is done by one of them. */
  readonly shared: boolean;
};

/** What every service gets of the process that it runs in. */
export type Host = {
  readonly ground: (service: string) => Ground;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly deriveId: DeriveId;
  readonly digest: Digest;
  readonly log: Log;
  readonly running: AsyncDisposableStack;
};

/** What a service stands on: its ground, its relay, its consumers, its clockwork. */
export type Footing = Pick<Ground, "stores" | "witness"> & {
  readonly name: string;
  readonly relay: Relay;
  /** The kinds that it reacts to. */
  readonly consumes: ReadonlySet<string>;
  /** What could not be reacted to. */
  readonly parked: ParkedEvents;
  /** Begins to react, once what reacts is wired; to a kind once for each consumer. */
  react(...reactors: readonly (Reactor & { readonly consumer?: string })[]): void;
  /** Repeats some work while the service runs, in one of its processes. */
  every(milliseconds: number, what: string, work: (signal: AbortSignal) => Promise<unknown>): void;
};

const betweenRetries = 30_000;

/** Opens a service's stores and starts its relay. */
export function openService(name: string, { ground, log, running }: Host): Footing {
  const { stores, parking, witness, bus, shared } = ground(name);
  const relay = running.use(startRelay(stores.outbox, bus, log));
  const consumptions: Consumption[] = [];
  const consumes = new Set<string>();
  const parked = createParkedEvents(parking, consumptions, log);

  function repeat(milliseconds: number, what: string, work: (signal: AbortSignal) => Promise<unknown>): void {
    const alone = shared ? onlyOne(stores.records(leaseKind), what, milliseconds, work) : work;
    running.use(every(milliseconds, what, alone, log));
  }

  repeat(betweenRetries, `try ${name}'s parked events again`, parked.retry);
  return {
    ...{ name, stores, relay, witness, consumes, parked, every: repeat },
    react(...reactors) {
      for (const reactor of reactors) {
        const consumption = { consumer: name, ...reactor };
        consumptions.push(consumption);
        consumes.add(reactor.kind);
        running.use(consume(consumption, bus, parking, log));
      }
    },
  };
}

/** Does the work in whichever process holds the lease for it. */
function onlyOne(
  leases: Parameters<typeof createLease>[0]["leases"],
  name: string,
  pause: number,
  work: (signal: AbortSignal) => Promise<unknown>,
) {
  const milliseconds = Math.max(3 * pause, 5_000);
  const lease = createLease({ leases, name, holder: Bun.randomUUIDv7(), milliseconds, now: () => performance.now() });
  return async (signal: AbortSignal) => ((await lease.hold()) ? await work(signal) : undefined);
}
