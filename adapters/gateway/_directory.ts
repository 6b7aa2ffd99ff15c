import { pause, within } from "../../ports/adapting.ts";
import type { Log } from "../../ports/mod.ts";

/** One process of a service, and the paths that it serves: `/v1/wallets` is that path and all below it. */
export type Replica = {
  readonly service: string;
  readonly id: string;
  /** `http://host:port` */
  readonly url: string;
  readonly prefixes: readonly string[];
};

export type Directory = ReturnType<typeof createDirectory>;
export type Route = { readonly prefix: string; readonly service: string };

type DirectoryOptions = {
  readonly discover: () => Promise<readonly Replica[]>;
  readonly log: Log;
  /** Milliseconds between two discoveries. */
  readonly every: number;
};

/** After a failure it looks again at once, but not more often than this. */
const shortest = 100;
/** A discovery that takes longer than so many of the times between two has failed. */
const patience = 5;

/** Which replicas there are, asked again and again. What has ever been served is remembered for as long as the process lives. */
export function createDirectory({ discover, log, every }: DirectoryOptions) {
  const stopping = new AbortController();
  const firstLook = Promise.withResolvers<void>();
  const known = new Map<string, string>();
  /** Replicas that could not be reached, each with the number of the discovery that was the last to begin before. */
  const leftOut = new Map<string, number>();
  let replicas: readonly Replica[] = [];
  let serving = new Map<string, Replica[]>();
  let looks = 0;
  let found = false;
  let urgent = false;
  let wake = () => {};
  let looking: Promise<void> | undefined;

  const late = () => new Error(`No answer in ${patience * every} ms`);

  async function look(): Promise<void> {
    const number = ++looks;
    try {
      replicas = await within(patience * every, discover(), late);
      found = true;
      serving = byPrefix(replicas);
      for (const [prefix, [replica]] of serving) if (replica) known.set(prefix, replica.service);
    } catch (error) {
      log("Cannot discover replicas", { error });
    }
    for (const [key, last] of leftOut) if (last < number) leftOut.delete(key);
    firstLook.resolve();
  }

  async function keepLooking(): Promise<void> {
    while (!stopping.signal.aborted) {
      urgent = false;
      await look();
      await pause(shortest, stopping.signal);
      if (!urgent) await rest();
    }
  }

  function rest(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, Math.max(0, every - shortest));
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
    return promise;
  }

  function lookAgain(): void {
    urgent = true;
    wake();
  }

  return {
    start(): void {
      looking ??= keepLooking();
    },

    replicas: () => replicas,
    /** Resolves when it has looked once. */
    ready: firstLook.promise,
    /** Whether a discovery has ever succeeded. */
    found: () => found,

    /** The longest prefix of whole segments that the path is below. */
    route(path: string): Route | undefined {
      for (let prefix = trimmed(path); ; prefix = prefix.slice(0, prefix.lastIndexOf("/"))) {
        const service = known.get(prefix);
        if (service !== undefined) return { prefix, service };
        if (!prefix.includes("/")) return undefined;
      }
    },

    /** The replicas that serve a prefix now and can be reached, as far as is known. */
    living({ prefix }: Route): readonly Replica[] {
      const all = serving.get(prefix) ?? [];
      return leftOut.size === 0 ? all : all.filter((replica) => !leftOut.has(keyOf(replica)));
    },

    /** It could not be reached: until the next discovery it is asked nothing. */
    leaveOut(replica: Replica): void {
      leftOut.set(keyOf(replica), looks);
      lookAgain();
    },

    /** Something is wrong with a replica. */
    lookAgain,

    async [Symbol.asyncDispose]() {
      stopping.abort();
      wake();
      await Promise.race([looking, Bun.sleep(shortest)]);
    },
  };
}

export function keyOf({ service, id, url }: Replica): string {
  return `${service} ${id} ${url}`;
}

function byPrefix(replicas: readonly Replica[]): Map<string, Replica[]> {
  const serving = new Map<string, Replica[]>();
  for (const replica of replicas) {
    for (const prefix of new Set(replica.prefixes.map(trimmed))) {
      serving.set(prefix, [...(serving.get(prefix) ?? []), replica]);
    }
  }
  return serving;
}

function trimmed(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}
