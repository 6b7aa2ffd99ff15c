import { expect, test } from "bun:test";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { withNats } from "../../bootstrap/servers/mod.ts";
import { event } from "../../ports/messaging_contract.ts";
import { encode } from "./_messages.ts";
import { disorderOf, openCounting } from "./_replica_test.ts";
import { numbers, openStand, random } from "./_stand_test.ts";

const { folder, openBus, openConnection, opened } = openStand();
const aggregates = numbers(10).map(String);
const eventsOf = (revisions: readonly number[]) =>
  revisions.flatMap((revision) => aggregates.map((each) => event("play", each, revision)));

await withNats((url) => {
  test("of two replicas one reads; where it is paused or killed the other goes on within 10 seconds, and effects are single", async () => {
    const root = `test-${Bun.randomUUIDv7()}`;
    const path = join(folder(), "counting.sqlite");
    const bus = await openBus(url, { root });
    using counting = openCounting(path, "none");
    const program = join(import.meta.dir, "_replica_test.ts");
    const replicas = new Map(
      ["one", "two"].map((name) => {
        const child = Bun.spawn([process.execPath, program, url, root, path, name], { stderr: "inherit" });
        opened.defer(() => child.kill("SIGKILL"));
        return [name, child];
      }),
    );
    let published = 0;
    async function publish(revisions: number): Promise<void> {
      await bus.publish(eventsOf(numbers(revisions, published + 1)));
      published += revisions;
    }
    const all = async () => (await counting.effects()).length === published * aggregates.length;
    const reader = async () => (await counting.effects()).at(-1)?.replica ?? "";

    /** Does something to the reader while it has events in hand; answers how long the other one took to go on. */
    async function strike(signal: NodeJS.Signals): Promise<number> {
      const struck = await reader();
      await publish(40);
      while ((await reader()) === struck && (await counting.effects()).length < (published - 30) * aggregates.length) {
        await Bun.sleep(5);
      }
      replicas.get(struck)?.kill(signal);
      const start = performance.now();
      await publish(10);
      while ((await reader()) === struck) await Bun.sleep(20);
      const took = performance.now() - start;
      while (!(await all())) await Bun.sleep(20);
      if (signal === "SIGUSR2") replicas.get(struck)?.kill("SIGCONT");
      return took;
    }

    await publish(10);
    while (!(await all())) await Bun.sleep(20);
    expect(new Set((await counting.effects()).map(({ replica }) => replica)).size).toBe(1);
    expect(await strike("SIGUSR2")).toBeLessThan(10_000);
    await publish(20);
    while (!(await all())) await Bun.sleep(20);
    expect(await strike("SIGKILL")).toBeLessThan(10_000);
    await publish(20);
    while (!(await all())) await Bun.sleep(20);
    const keys = (await counting.effects()).map(({ key }) => key);
    expect(disorderOf(keys)).toEqual([]);
    expect(new Set(keys).size).toBe(keys.length);
  }, 120_000);

  test("10,000 events that come 1 to 20 times, shuffled, without any help of the server, take effect once", async () => {
    const { below, seed } = random();
    const root = `test-${Bun.randomUUIDv7()}`;
    const bus = await openBus(url, { root });
    using counting = openCounting(":memory:", "one");
    const { nats } = await openConnection(url);
    const events = eventsOf(numbers(1_000));
    const deliveries = events.flatMap((each) => numbers(1 + below(20)).map(() => each));
    for (let last = deliveries.length - 1; last > 0; last--) {
      const other = below(last + 1);
      [deliveries[last], deliveries[other]] = [deliveries[other] as never, deliveries[last] as never];
    }

    await bus.publish(events.slice(0, 1));
    for (const each of deliveries) {
      const { subject, headers, body } = encode(root, each);
      headers.delete("Nats-Msg-Id");
      nats.publish(subject, body, { headers });
    }
    await nats.flush();
    let handled = 0;
    await using _ = bus.subscribe({
      consumer: "counting",
      kind: "play",
      async react(each) {
        await counting.react(each);
        handled++;
      },
    });
    while (handled < deliveries.length + 1) await Bun.sleep(20);
    // Then the stream is gone, and all of it comes once more.
    const manager = await jetstreamManager(nats);
    await manager.streams.delete(`${root}-play`);
    await bus.publish(events);
    while (handled < deliveries.length + 1 + events.length) await Bun.sleep(20);
    const keys = (await counting.effects()).map(({ key }) => key);
    expect({ effects: new Set(keys).size, all: keys.length, seed }).toEqual({ effects: 10_000, all: 10_000, seed });
  }, 300_000);
});
