import { expect, test } from "bun:test";
import { withNats, withOwnNats } from "../../bootstrap/servers/mod.ts";
import { minute } from "../../ports/adapting.ts";
import { heard, testCount } from "../../ports/counting_contract.ts";
import { createRateLimiter, createServer } from "../http/mod.ts";
import { openStand, silent } from "./_stand_test.ts";
import { type CounterOptions, createCounter, keepStreams } from "./mod.ts";

const { opened, openConnection, removing, startBroker } = openStand();

/** Replicas of a service, as many as are asked for. */
async function openService(url: string) {
  const root = `test-${Bun.randomUUIDv7()}`;
  const connection = await openConnection(url);
  removing(connection, root);
  const keep = () => keepStreams({ connection, root, kinds: [], counting: ["play"], log: silent });
  opened.use(await keep());
  return {
    root,
    async open(options: Partial<CounterOptions> = {}) {
      const own = await openConnection(url);
      return opened.use(createCounter({ connection: own, service: "play", root, log: silent, ...options })).count;
    },
  };
}

const midMinute = () => 30 * minute + 1_000;

await withNats((url) => {
  testCount("NATS", async (now) => {
    const { open } = await openService(url);
    return { one: await open({ now }), other: await open({ now }) };
  });

  test("of 200 requests to two replicas in turns those within the limit pass, and what came within the last telling", async () => {
    const { open } = await openService(url);
    async function replica() {
      const count = await open({ now: midMinute });
      const limiter = createRateLimiter({ count, limits: { user: 100, address: 100 }, trustedProxies: [] });
      return createServer({ log: silent, origins: [], answered: () => {}, limiter }).get("/v1/things", () => "thing");
    }
    const [one, other] = [await replica(), await replica()];
    const statuses: number[] = [];
    for (let asked = 0; asked < 200; asked++) {
      const answer = await (asked % 2 === 0 ? one : other).handle(new Request("http://localhost/v1/things"));
      statuses.push(answer.status);
      await Bun.sleep(10);
    }
    const passed = statuses.filter((status) => status === 200).length;
    // At 100 a second: what one has counted the other knows 200 ms later, and some for the way.
    expect(passed).toBeGreaterThanOrEqual(100);
    expect(passed).toBeLessThan(140);
    expect(statuses.slice(-40)).toEqual(Array(40).fill(429));
  }, 20_000);

  test("a replica that has just started learns what the minute has brought so far", async () => {
    const { open } = await openService(url);
    const one = await open({ now: midMinute });
    for (let asked = 0; asked < 25_000; asked++) one(`address:${asked}`);
    for (let asked = 0; asked < 50; asked++) one("user:ada");
    await Bun.sleep(500);
    const late = await open({ now: midMinute });
    await heard(late, "user:ada", 50);
    await heard(late, "address:24999", 1);
  }, 20_000);
});

await withOwnNats(() => {
  test("while NATS is away each replica counts by itself; when it is back they count together again", async () => {
    const broker = await startBroker();
    const { open } = await openService(broker.url);
    const told: string[] = [];
    const log = (message: string) => void told.push(message);
    const [one, other] = [await open({ now: midMinute, log }), await open({ now: midMinute, log })];
    one("user:grace");
    await heard(other, "user:grace", 1);
    await broker.die();
    const start = performance.now();
    for (let asked = 1; asked <= 1_000; asked++) expect(one("user:ada").total).toBe(asked);
    expect(performance.now() - start).toBeLessThan(1_000);

    // What it had is gone with its memory. The keeper makes the bucket anew.
    await broker.start();
    await heard(other, "user:ada", 1_000);
    other("user:alan");
    await heard(one, "user:alan", 1);
    expect(told.length).toBeLessThan(10);
  }, 60_000);
});
