import { rmSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

/** A server in a process of its own. Disposing of it ends it; it also ends when this process does, however that happens. */
export type ServerProcess = AsyncDisposable & {
  readonly url: string;
  readonly pid: number;
  /** Resolves once it has ended by itself or by a signal. */
  readonly exited: Promise<unknown>;
  kill(signal: NodeJS.Signals): void;
};

type Options = {
  readonly name: string;
  readonly url: string;
  readonly command: readonly string[];
  /** Whether it answers; asked again until it does. */
  readonly answers: (url: string) => Promise<boolean>;
  readonly env?: Readonly<Record<string, string>>;
  readonly patience?: number;
  /** A folder that goes with it. */
  readonly temporary?: string;
};

/**
 * Ends the process once nobody holds the other end of the watcher's input: that is, when this process is gone. While it still
 * dies, it may still write.
 */
const watching = `cat >/dev/null; kill -9 "$0" 2>/dev/null
for try in 1 2 3 4 5 6 7 8 9; do kill -0 "$0" 2>/dev/null && sleep 0.2; done
[ -z "$1" ] || rm -rf "$1"`;

/** Ends a process, and a folder with it, when this process ends, however that happens; unless it is disposed of first. */
export function watch(pid: number, temporary = ""): Disposable {
  const watcher = Bun.spawn(["sh", "-c", watching, `${pid}`, temporary], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  return { [Symbol.dispose]: () => watcher.kill("SIGKILL") };
}

/** Starts a server; resolves when it answers. */
export async function startProcess(options: Options): Promise<ServerProcess> {
  const { name, url, command, answers, env = {}, patience = 30_000, temporary = "" } = options;
  // A Ctrl-C in the terminal is for whoever started it, and uses it until the end.
  const child = Bun.spawn([...command], {
    ...{ env: { ...process.env, ...env }, detached: true },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const watcher = watch(child.pid, temporary);
  const told = lastWords(child.stderr);
  const server: ServerProcess = {
    url,
    pid: child.pid,
    exited: child.exited,
    kill: (signal) => child.kill(signal),
    async [Symbol.asyncDispose]() {
      // Its process id may be another's as soon as it has ended.
      watcher[Symbol.dispose]();
      child.kill("SIGTERM");
      const obstinate = globalThis.setTimeout(() => child.kill("SIGKILL"), 5_000);
      await child.exited;
      clearTimeout(obstinate);
      if (temporary !== "") rmSync(temporary, { recursive: true, force: true });
    },
  };
  const start = performance.now();
  while (!(await answers(url).catch(() => false))) {
    const late = performance.now() - start > patience;
    if (late || child.exitCode !== null || child.signalCode !== null) {
      await server[Symbol.asyncDispose]();
      throw new Error(`Cannot start ${name}: it ${late ? "does not answer" : "ended"}: ${told()}`);
    }
    await setTimeout(20);
  }
  return server;
}

/** Reads what a process says, so that it is never held up; answers the end of it. */
function lastWords(output: ReadableStream<Uint8Array>): () => string {
  let words = "";
  const decoder = new TextDecoder();
  (async () => {
    for await (const chunk of output) words = (words + decoder.decode(chunk, { stream: true })).slice(-2_000);
  })();
  return () => words.trim();
}
