import { expect, test } from "bun:test";
import { jetstreamManager } from "@nats-io/jetstream";
import { withNats } from "../../bootstrap/servers/mod.ts";
import { collector, event, testEventBus } from "../../ports/messaging_contract.ts";
import { encode } from "./_messages.ts";
import { openProducer, openStand, until } from "./_stand_test.ts";

const { openBus, openConnection } = openStand();
const newRoot = () => `test-${Bun.randomUUIDv7()}`;

await withNats((url) => {
  testEventBus("nats", () => openBus(url, { root: newRoot() }));

  test("what is in a kind's stream and no event of it is told and passed over", async () => {
    const root = newRoot();
    const told: string[] = [];
    const bus = await openBus(url, { root, log: (message) => void told.push(message) });
    const { nats } = await openConnection(url);
    await bus.publish([event("play", "a", 1)]);
    const forged = encode(root, event("task", "a", 2));
    nats.publish(`${root}.play.v1.happened.a`, forged.body, forged);
    nats.publish(`${root}.play.v1.happened.a`, "no JSON");
    await nats.flush();
    await bus.publish([event("play", "a", 2)]);
    const { ids, react, count } = collector();
    await using _ = bus.subscribe({ consumer: "c", kind: "play", react });
    await count(2);
    expect(ids).toEqual(["play/a/1", "play/a/2"]);
    expect(told.filter((message) => message.includes("is no event of it"))).toHaveLength(2);
  });

  test("a subscription ends at once, however far its reader has come to be made", async () => {
    const root = newRoot();
    const bus = await openBus(url, { root, own: openProducer().own });
    const { streams } = await jetstreamManager((await openConnection(url)).nats);
    while (!(await streams.info(`${root}-play`).catch(() => undefined))) await Bun.sleep(20);
    for (let moment = 0; moment < 120; moment++) {
      const { react } = collector();
      const subscription = bus.subscribe({ consumer: `c${moment}`, kind: "play", react });
      await Bun.sleep(moment / 8);
      const ended = subscription[Symbol.asyncDispose]().then(() => "ended");
      const late = Bun.sleep(5_000).then(() => "late");
      expect({ moment, outcome: await Promise.race([ended, late]) }).toEqual({ moment, outcome: "ended" });
    }
  });

  test("a batch that the bus does not take whole fails, and may be published again", async () => {
    const root = newRoot();
    const bus = await openBus(url, { root });
    const large = { ...event("play", "a", 2), event: { type: "Happened", text: "x".repeat(2_000_000) } };
    await expect(bus.publish([event("play", "a", 1), large, event("play", "a", 3)])).rejects.toThrow();
    await bus.publish([1, 2, 3].map((revision) => event("play", "a", revision)));
    const { ids, react, count } = collector();
    await using _ = bus.subscribe({ consumer: "c", kind: "play", react });
    await count(3);
    expect(ids).toEqual(["play/a/1", "play/a/2", "play/a/3"]);
  });

  test("a consumer whose reactions are all stuck has so many events in hand and no more, and misses none", async () => {
    const bus = await openBus(url, { root: newRoot() });
    const many = 10_700;
    const events = Array.from({ length: many }, (_, place) => event("play", `${place}`, 1));
    await bus.publish(events);
    const gate = Promise.withResolvers<void>();
    const { ids, react } = collector();
    let begun = 0;
    await using _ = bus.subscribe({
      consumer: "c",
      kind: "play",
      async react(each) {
        begun++;
        await gate.promise;
        await react(each);
      },
    });
    await until(() => begun >= 10_000);
    await Bun.sleep(1_500);
    expect(begun).toBe(10_000);
    gate.resolve();
    await until(() => ids.length >= many);
    expect(ids.toSorted()).toEqual(events.map(({ id }) => id).toSorted());
  }, 30_000);

  test("readiness is told by the server's answer", async () => {
    const bus = await openBus(url, { root: newRoot() });
    await bus.check();
  });
});
