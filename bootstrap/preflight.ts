import { Database, SQLiteError } from "bun:sqlite";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "./config.ts";

/** What the machine must give before anything starts, checked at once: a folder to write to, and a free port. */
export function preflight({ data, host, port, distribution }: Config): readonly string[] {
  const folder = distribution ? undefined : folderFault(data);
  const listening = distribution?.service === "keeper" ? undefined : portFault(host, port);
  return [folder, listening].filter((fault) => fault !== undefined);
}

function folderFault(data: string): string | undefined {
  try {
    mkdirSync(data, { recursive: true, mode: 0o700 });
    const probe = join(data, `.writable-${process.pid}`);
    writeFileSync(probe, "");
    rmSync(probe);
    return undefined;
  } catch (error) {
    return `LUCENT_DATA: cannot write to "${data}" (${(error as NodeJS.ErrnoException).code})`;
  }
}

function portFault(hostname: string, port: number): string | undefined {
  try {
    Bun.listen({ hostname, port, socket: { data() {} } }).stop(true);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return `LUCENT_PORT: cannot listen on ${hostname}:${port} (${code === "EADDRINUSE" ? "it is taken" : code})`;
  }
}

/** Keeps a second process off the data folder; a crash lets go of it. Undefined where another one has it. */
export function lockFolder(data: string): Disposable | undefined {
  const database = new Database(join(data, "lock.sqlite"));
  try {
    database.run("PRAGMA locking_mode = EXCLUSIVE");
    database.run("BEGIN EXCLUSIVE");
    return { [Symbol.dispose]: () => database.close() };
  } catch (error) {
    database.close();
    if (error instanceof SQLiteError && error.code === "SQLITE_BUSY") return undefined;
    throw error;
  }
}
