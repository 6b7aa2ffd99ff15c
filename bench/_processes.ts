import { resolve } from "node:path";
import { developmentSigner } from "../bootstrap/development/accounts.ts";
import { freePort } from "../bootstrap/free_port.ts";

const patience = 30_000;

/** A server in a process of its own, on a free port of this machine. */
export type Served = { readonly pid: number; readonly url: string; readonly started: number } & AsyncDisposable;

/** The platform as `npm start` runs it, without a chain: addresses only. `started` is when it was ready, from its spawn on. */
export function startPlatform(folder: string): Promise<Served> {
  const network = { id: "eip155:31337", name: "Bench", symbol: "ETH", decimals: 18, final: "finalized", rpc: [] };
  const port = freePort();
  const admins = (["admin", "approver"] as const).map((name) => developmentSigner(name).account);
  return serve("bootstrap/main.ts", [], port, {
    ...{ LUCENT_DATA: folder, LUCENT_PORT: `${port}`, LUCENT_NETWORKS: JSON.stringify([network]) },
    ...{ LUCENT_SUPER_ADMINS: admins.join(","), LUCENT_DEMO_DATA: "off", LUCENT_RATE_LIMITS: "off" },
  });
}

/** The same work by hand, on copies of the platform's files; it takes the tokens that `issuer` signed with `keys`. */
export function startByHand(folder: string, issuer: string, keys: object): Promise<Served> {
  const port = freePort();
  return serve("bench/_by_hand.ts", [folder, `${port}`, issuer, JSON.stringify(keys)], port, {});
}

/** A server that does next to nothing, or what stands before it. */
export function startProxied(role: "upstream" | "gateway" | "by hand", upstream = ""): Promise<Served> {
  const port = freePort();
  return serve("bench/_proxied.ts", [role, `${port}`, upstream], port, {});
}

async function serve(
  file: string,
  args: readonly string[],
  port: number,
  env: Readonly<Record<string, string>>,
): Promise<Served> {
  const start = performance.now();
  const child = Bun.spawn([process.execPath, resolve(import.meta.dir, "..", file), ...args], {
    env: { ...process.env, ...env },
    stdout: "ignore",
    stderr: "inherit",
  });
  process.on("exit", () => child.kill("SIGKILL"));
  const url = `http://127.0.0.1:${port}`;
  while (!(await isReady(url))) {
    if (child.exitCode !== null) throw new Error(`Cannot start ${file}: it ended with ${child.exitCode}`);
    if (performance.now() - start > patience) throw new Error(`Cannot start ${file}: it is not ready`);
    await Bun.sleep(2);
  }
  return {
    ...{ pid: child.pid, url, started: performance.now() - start },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.exited;
    },
  };
}

/** What a process has in memory, its program's pages included. */
export async function residentMegabytes(pid: number): Promise<number> {
  const kilobytes = await Bun.$`ps -o rss= -p ${pid}`.text();
  return Number(kilobytes) / 1024;
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/ready`)).ok;
  } catch {
    return false;
  }
}
