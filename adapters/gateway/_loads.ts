import { keyOf, type Replica } from "./_directory.ts";
import type { Limits } from "./_limits.ts";

export type Loads = ReturnType<typeof createLoads>;
export type Slot = { readonly replica: Replica; release(): void };

/** Counts what is in flight, and gives each request the replica that has the least of it, unless that is too much. */
export function createLoads({ perReplica, perService, total }: Pick<Limits, "perReplica" | "perService" | "total">) {
  const replicas = new Map<string, number>();
  const services = new Map<string, number>();
  let all = 0;

  const of = (replica: Replica) => replicas.get(keyOf(replica)) ?? 0;

  return {
    inFlight: () => all,

    /** A place at one of them; "full" where their service or the gateway has its fill. */
    take(candidates: readonly [Replica, ...Replica[]]): Slot | "full" {
      const replica = leastLoaded(candidates, of);
      const { service } = replica;
      const full = all >= total || (services.get(service) ?? 0) >= perService || of(replica) >= perReplica;
      if (full) return "full";
      add(replicas, keyOf(replica), 1);
      add(services, service, 1);
      all++;
      let held = true;
      return {
        replica,
        release() {
          if (!held) return;
          held = false;
          add(replicas, keyOf(replica), -1);
          add(services, service, -1);
          all--;
        },
      };
    },
  };
}

/** From a random one on, so that equals share. */
function leastLoaded(candidates: readonly [Replica, ...Replica[]], of: (replica: Replica) => number): Replica {
  const start = Math.floor(Math.random() * candidates.length);
  return [...candidates.slice(start), ...candidates.slice(0, start)].reduce((least, each) =>
    of(each) < of(least) ? each : least,
  );
}

function add(counts: Map<string, number>, key: string, more: number): void {
  const count = (counts.get(key) ?? 0) + more;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}
