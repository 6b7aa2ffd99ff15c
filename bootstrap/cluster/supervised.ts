import { setTimeout } from "node:timers/promises";
import type { ServerProcess } from "../servers/_process.ts";

/** A server that is started again, where it was, when it ends and nobody asked for that. */
export type Supervised = ServerProcess & {
  /** Kills it, does something while it is down, and resolves when it answers again. */
  restart(meanwhile?: () => void): Promise<void>;
};

const pause = 300;

/** Keeps a server running. `start` must give the same server each time: its port, its storage. */
export async function supervise(start: () => Promise<ServerProcess>, tell: (line: string) => void = () => {}) {
  let server = await start();
  let ending = false;
  let meanwhile: (() => void) | undefined;
  let again = Promise.withResolvers<void>();

  async function startAgain(): Promise<void> {
    while (!ending) {
      try {
        server = await start();
        return;
      } catch (error) {
        tell(error instanceof Error ? error.message : String(error));
      }
      await setTimeout(pause);
    }
  }

  const watching = (async () => {
    while (!ending) {
      await server.exited;
      // What watches over it goes with it.
      await server[Symbol.asyncDispose]();
      if (ending) break;
      await setTimeout(pause);
      meanwhile?.();
      meanwhile = undefined;
      await startAgain();
      const { resolve } = again;
      again = Promise.withResolvers<void>();
      resolve();
    }
  })();

  const supervised: Supervised = {
    url: server.url,
    get pid() {
      return server.pid;
    },
    get exited() {
      return server.exited;
    },
    kill: (signal) => server.kill(signal),
    async restart(doing) {
      meanwhile = doing;
      const { promise } = again;
      server.kill("SIGKILL");
      await promise;
    },
    async [Symbol.asyncDispose]() {
      ending = true;
      await server[Symbol.asyncDispose]();
      await watching;
      // One that was being started when the end came.
      await server[Symbol.asyncDispose]();
    },
  };
  return supervised;
}
