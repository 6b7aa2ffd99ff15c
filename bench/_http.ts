import { resolve } from "node:path";

/**
 * What `_load.ts` is to do. Each lane is a connection of one client, which sends its requests in turn; where one `changes`, under
 * the ETag of the answer before.
 */
export type Job = {
  readonly host: string;
  readonly port: number;
  readonly lanes: readonly Lane[];
  readonly milliseconds: number;
};

export type Lane = { readonly token?: string; readonly first?: Request; readonly requests: readonly Request[] };

export type Request = { readonly method: string; readonly path: string; readonly body?: object };

/** How many requests a second a server answers. */
export async function load(url: string, job: Omit<Job, "host" | "port">): Promise<number> {
  const { hostname: host, port } = new URL(url);
  const child = Bun.spawn([process.execPath, resolve(import.meta.dir, "_load.ts")], {
    stdin: new Blob([JSON.stringify({ ...job, host, port: Number(port) } satisfies Job)]),
    stdout: "pipe",
    stderr: "inherit",
  });
  const rate = Number(await new Response(child.stdout).text());
  if ((await child.exited) !== 0 || !(rate > 0)) throw new Error(`Cannot load ${url}`);
  return rate;
}
