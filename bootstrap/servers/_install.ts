import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** A server that can't be had on this machine: its registry or what installs it is missing. */
export class ServerMissing extends Error {
  override readonly name = "ServerMissing";
}

/** The folder of a program in the cache, where it is installed if it is not yet. */
export function installed(name: string, install: (folder: string) => Promise<void>): Promise<string> {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "lucent");
  return madeOnce(join(cache, name), install);
}

/**
 * A folder with all that belongs into it. Who finds none makes a folder of their own and gives it its name when all of it is
 * there: of several who do so at once, the first one's stays. What is made must work wherever it lies.
 */
export async function madeOnce(folder: string, make: (folder: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const attempt = mkdtempSync(`${folder}.`);
  try {
    await make(attempt);
    renameSync(attempt, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(attempt, { recursive: true, force: true });
  }
  return folder;
}

/** Runs a step of an installation. What it said last is the reason where it fails. */
export async function step(what: string, ...command: readonly string[]): Promise<void> {
  const missing = (reason: unknown) => new ServerMissing(`Cannot install ${what}: ${command[0]}: ${reason}`);
  try {
    const { exited, stderr } = Bun.spawn([...command], { stdio: ["ignore", "ignore", "pipe"] });
    const [code, told] = await Promise.all([exited, new Response(stderr).text()]);
    if (code !== 0) throw missing(told.trim().split("\n").at(-1) || `it ended with ${code}`);
  } catch (error) {
    throw error instanceof ServerMissing ? error : missing(error);
  }
}
