import { call } from "../client.ts";
import type { Config } from "../config.ts";
import { until } from "./until.ts";

const patience = 60_000;

/** The platform that runs, or one that is started for the demo and ends with it. */
export async function findPlatform({
  publicUrl,
  host,
  port,
}: Config): Promise<AsyncDisposable & { readonly url: string }> {
  if (await answers(publicUrl)) return { url: publicUrl, [Symbol.asyncDispose]: async () => {} };
  const url = `http://${host}:${port}`;
  process.stdout.write(`No platform answers at ${publicUrl}: starting one\n`);
  const main = Bun.fileURLToPath(import.meta.resolve("../main.ts"));
  const child = Bun.spawn([process.execPath, main], { stdio: ["ignore", "ignore", "inherit"] });
  const end = async () => {
    child.kill("SIGINT");
    await child.exited;
  };
  try {
    await until(
      "a platform with a play on offer",
      () => offers(url, child.exitCode),
      (found) => found,
      patience,
    );
  } catch (error) {
    await end();
    throw error;
  }
  return { url, [Symbol.asyncDispose]: end };
}

async function offers(url: string, ended: number | null): Promise<boolean> {
  if (ended !== null) throw new Error("The platform did not start");
  if (!(await answers(url))) return false;
  return (await call<{ items: readonly unknown[] }>(url, "GET", "/v1/plays")).body.items.length > 0;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/ready`)).ok;
  } catch {
    return false;
  }
}
