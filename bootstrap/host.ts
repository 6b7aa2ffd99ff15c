import { createLease, leaseKind, type Stores } from "../ports/adapting.ts";
import type { EventBus, Parking } from "../ports/messaging.ts";
import type { Broadcast, Clock, DeriveId, Digest, Log, NewId, Reactor, WitnessStore } from "../ports/mod.ts";
import { type Consumption, consume } from "./consume.ts";
import { every } from "./every.ts";
import { createParkedEvents, type ParkedEvents } from "./parked_events.ts";
import { type Relay, startRelay } from "./relay.ts";

/** What a service is put on: where it keeps things, and the bus. */
export type Ground = {
  readonly stores: Stores;
  readonly parking: Parking;
  /** Where another service's roots are kept. */
  readonly witness: WitnessStore;
  readonly bus: EventBus;
  /** What the processes of the service tell each other. */
  readonly broadcast: Broadcast;
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
export type Footing = Pick<Ground, "stores" | "witness" | "broadcast"> & {
  readonly name: string;
  readonly relay: Relay;
  /** The kinds that it reacts to. */
  readonly consumes: ReadonlySet<string>;
  /** What could not be reacted to. */
  readonly parked: ParkedEvents;
  /** Begins to react, once what reacts is wired; to a kind once for each consumer. */
  react(...reactors: readonly (Reactor & { readonly consumer?: string })[]): void;
  /** Whether it is for this process to do some work now: of those that ask again and again, one is told so. */
  turn(what: string): () => Promise<boolean>;
  /** Repeats some work while the service runs, in one of its processes. */
  every(milliseconds: number, what: string, work: (signal: AbortSignal) => Promise<unknown>): void;
};

const betweenRetries = 30_000;
/** Milliseconds after which another process takes over, at the least. */
const shortest = 5_000;

/** Opens a service's stores and starts its relay. */
export function openService(name: string, { ground, log, running }: Host): Footing {
  const { stores, parking, witness, bus, shared, broadcast } = ground(name);
  const relay = running.use(startRelay(stores.outbox, bus, log));
  const consumptions: Consumption[] = [];
  const consumes = new Set<string>();
  const parked = createParkedEvents(parking, consumptions, log);

  function repeat(milliseconds: number, what: string, work: (signal: AbortSignal) => Promise<unknown>): void {
    const lease = turnFor(what, Math.max(3 * milliseconds, shortest));
    const alone = async (signal: AbortSignal) => ((await lease()) ? await work(signal) : undefined);
    running.use(every(milliseconds, what, alone, log));
  }

  function turnFor(what: string, milliseconds = shortest): () => Promise<boolean> {
    if (!shared) return async () => true;
    const { hold, release } = takeTurns(stores.records(leaseKind), what, milliseconds);
    // At once the others' turn, and not only when it has run out.
    running.defer(() => release().catch((error) => log(`Cannot leave it to others to ${what}`, { error })));
    return hold;
  }

  repeat(betweenRetries, `try ${name}'s parked events again`, parked.retry);
  return {
    ...{ name, stores, relay, witness, broadcast, consumes, parked, turn: turnFor, every: repeat },
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

/** A lease that is renewed in good time, however often it is asked for. */
function takeTurns(leases: Parameters<typeof createLease>[0]["leases"], name: string, milliseconds: number) {
  const now = () => performance.now();
  const lease = createLease({ leases, name, holder: Bun.randomUUIDv7(), milliseconds, now });
  let renewed = Number.NEGATIVE_INFINITY;
  return {
    async hold(): Promise<boolean> {
      const asked = now();
      if (lease.held() && asked - renewed < milliseconds / 3) return true;
      const held = await lease.hold();
      if (held) renewed = asked;
      return held;
    },
    release: lease.release,
  };
}
