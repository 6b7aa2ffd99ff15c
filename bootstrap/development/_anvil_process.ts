import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

const patience = 15_000;

/** The process of a chain's folder, found by the pid that it left there. `mark` is an argument that no other process has. */
export function anvilProcess(folder: string, mark: string) {
  const pidFile = join(folder, "pid");
  const logFile = join(folder, "anvil.log");
  let child: ChildProcess | undefined;

  function pid(): number | undefined {
    const known = existsSync(pidFile) ? Number(readFileSync(pidFile, "utf8")) : 0;
    return known > 1 && commandOf(known).includes(mark) ? known : undefined;
  }

  async function gone(): Promise<boolean> {
    for (const started = Date.now(); pid() !== undefined; await setTimeout(20)) {
      if (Date.now() - started > patience) return false;
    }
    return true;
  }

  return {
    /** Undefined where it does not run. A pid that another program has got by now is not taken for it. */
    pid,

    /** Starts it in a session of its own: no signal to this process, its group or its terminal reaches it. */
    start(args: readonly string[]): void {
      const log = openSync(logFile, "w", 0o600);
      // The shell writes its pid before it becomes anvil: whatever happens to us now, the next start finds it.
      const command = ["-c", 'echo $$ > "$0" && exec "$@"', pidFile, binary(), ...args];
      child = spawn("/bin/sh", command, { detached: true, stdio: ["ignore", log, log] });
      child.unref();
      closeSync(log);
    },

    /** Whether it runs, or was started and has not written its pid yet. */
    runs: () => pid() !== undefined || (child !== undefined && child.exitCode === null && child.signalCode === null),

    /** Ends it and waits until it is gone; by force where it does not go. */
    async end(): Promise<void> {
      for (const signal of ["SIGTERM", "SIGKILL"] as const) {
        const running = pid();
        if (running !== undefined) process.kill(running, signal);
        if (await gone()) return rmSync(pidFile, { force: true });
      }
      throw new Error(`Cannot end the development chain: process ${pid()} stays`);
    },

    /** What it said last. */
    lastWords: () => (existsSync(logFile) ? readFileSync(logFile, "utf8").trim().split("\n").slice(-5).join("; ") : ""),
  };
}

/** A process's command line; empty for a process that is not there, or is dead and not yet buried. */
export function commandOf(pid: number): string {
  if (!existsSync("/proc/self/cmdline")) {
    return spawnSync("ps", ["-o", "command=", "-p", `${pid}`], { encoding: "utf8" }).stdout ?? "";
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return "";
    throw error;
  }
}

/** The build of this platform, found from the package that brings it. */
function binary(): string {
  const platform = `${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  const anvil = import.meta.resolve("@foundry-rs/anvil/package.json");
  try {
    return createRequire(anvil).resolve(`@foundry-rs/anvil-${platform}/bin/anvil`);
  } catch (cause) {
    throw new Error(`Cannot start the development chain: anvil is not installed for ${platform}`, { cause });
  }
}
