import { expect, test } from "bun:test";
import { withMongodb } from "../../bootstrap/servers/mod.ts";
import { StoreUnreachable, transact } from "../../ports/mod.ts";
import { cause, noted } from "./_notes.ts";
import { startProxy } from "./_proxy_test.ts";
import { freshName, replica } from "./_stand_test.ts";
import type { Database } from "./mod.ts";

const deadline = 1_000;

/** What the driver keeps to itself: how many connections it waits for, of those that it opens at a time. */
type Pool = { pending: number; readonly options: { readonly maxConnecting: number } };
type Server = { readonly pool: Pool; readonly monitor: { readonly s: object } };
type Client = { readonly topology: { readonly s: { readonly servers: ReadonlyMap<string, Server> } } };

function serversOf({ db }: Database): readonly Server[] {
  const { topology } = db.client as unknown as Client;
  return [...topology.s.servers.values()];
}

const poolsOf = (database: Database) => serversOf(database).map(({ pool }) => pool);

/** Works until it works again, and answers how often it did not. */
async function faultsUntil(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  for (let faults = 0; ; faults++) {
    try {
      await work();
      return faults;
    } catch (error) {
      expect(error).toBeInstanceOf(StoreUnreachable);
    }
    expect(performance.now() - start).toBeLessThan(30 * deadline);
  }
}

/** A replica set would tell the driver to go past the proxy. */
const direct = (url: string) => `${url}/?directConnection=true`;

await withMongodb((url) => {
  test("a driver that waits for ever for connections that it opens is left, and all goes on with another", async () => {
    await using proxy = await startProxy(url, () => "deliver");
    const { notes, database } = replica(direct(proxy.url), freshName(), {}, deadline);
    const write = (id: string) => transact(notes, id, cause, () => noted("1"));
    await write("before");
    const [stuck] = poolsOf(database);
    if (!stuck) throw new Error("There is a pool");
    stuck.pending = stuck.options.maxConnecting;
    proxy.cutAll();
    let tries = 0;
    const work = () => Promise.all([write(`a${tries++}`), notes.load("before")]);
    expect(await faultsUntil(work)).toBeGreaterThan(0);
    expect(poolsOf(database)).not.toContain(stuck);
    expect((await notes.load("before")).revision).toBe(1);
  }, 60_000);

  test("a driver whose watch over the server waits for ever is left, too", async () => {
    await using proxy = await startProxy(url, () => "deliver");
    const { notes, database } = replica(direct(proxy.url), freshName(), {}, deadline);
    await transact(notes, "before", cause, () => noted("1"));
    const [blind] = serversOf(database);
    if (!blind) throw new Error("There is a server");
    Object.defineProperty(blind.monitor.s, "state", { get: () => "monitoring", set: () => {} });
    proxy.cutAll();
    await faultsUntil(() => notes.load("before"));
    let tries = 0;
    expect(await faultsUntil(() => transact(notes, `a${tries++}`, cause, () => noted("1")))).toBe(0);
    expect(serversOf(database)).not.toContain(blind);
  }, 60_000);

  test("a driver that is only slow keeps its connections", async () => {
    await using proxy = await startProxy(url, (command) => (command === "find" ? "delay" : "deliver"));
    const { notes, database } = replica(direct(proxy.url), freshName(), {}, deadline);
    await transact(notes, "a", cause, () => noted("1"));
    const before = poolsOf(database);
    await Promise.all(Array.from({ length: 200 }, () => notes.load("a").catch(() => {})));
    expect(poolsOf(database)[0]).toBe(before[0]);
  }, 60_000);
});
