import { expect, test } from "bun:test";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { withOwnNats } from "../../bootstrap/servers/mod.ts";
import { event } from "../../ports/messaging_contract.ts";
import type { Envelope } from "../../ports/mod.ts";
import {
  effects,
  historyOf,
  laggingEffects,
  numbers,
  openRecords,
  openStand,
  random,
  silent,
  until,
} from "./_stand_test.ts";
import { keepStreams } from "./mod.ts";

const { folder, openBus, openConnection, startBroker } = openStand();

/** As the relay does: in order, and again until it is acknowledged. */
async function relay(bus: { publish(events: readonly Envelope[]): Promise<void> }, events: readonly Envelope[]) {
  for (let at = 0; at < events.length; at += 100) {
    const batch = events.slice(at, at + 100);
    while (
      !(await bus.publish(batch).then(
        () => true,
        () => false,
      ))
    )
      await Bun.sleep(20);
  }
}

await withOwnNats(() => {
  test("a server that is killed again and again under load loses nothing that it acknowledged, nor any order", async () => {
    const { below, seed } = random();
    const broker = await startBroker();
    const { count, disorder, react } = effects();
    const [producer, consumer] = [await openBus(broker.url), await openBus(broker.url)];
    await using _ = consumer.subscribe({ consumer: "c", kind: "play", react });
    const aggregates = numbers(5).map(String);
    const events = numbers(600).flatMap((revision) => aggregates.map((each) => event("play", each, revision)));
    let published = false;
    const publishing = relay(producer, events).then(() => {
      published = true;
    });
    let kills = 0;
    for (; !published || kills < 3; kills++) {
      const reached = Math.min(count() + 1 + below(400), events.length - 1);
      await until(() => count() >= reached || published);
      await broker.die();
      await Bun.sleep(below(300));
      await broker.start();
    }
    await publishing;
    await until(() => count() === events.length);
    expect({ disorder, seed }).toEqual({ disorder: [], seed });
  }, 120_000);

  test("a server that restarts while nothing happens is read again at once", async () => {
    const broker = await startBroker();
    const { count, react } = effects();
    const [producer, consumer] = [await openBus(broker.url), await openBus(broker.url)];
    await using _ = consumer.subscribe({ consumer: "c", kind: "play", react });
    await producer.publish([event("play", "a", 1)]);
    await until(() => count() === 1);
    await broker.die();
    await broker.start();
    const start = performance.now();
    await producer.publish(numbers(50, 2).map((revision) => event("play", "a", revision)));
    await until(() => count() === 51);
    expect(performance.now() - start).toBeLessThan(5_000);
  }, 60_000);

  test("a server that loses its storage is filled again, and nobody misses what they had not read", async () => {
    const broker = await startBroker();
    const recorded: Envelope[] = [];
    const record = (revisions: readonly number[]) => {
      const events = revisions.flatMap((revision) => ["a", "b", "c"].map((each) => event("play", each, revision)));
      const now = new Date().toISOString() as Envelope["at"];
      recorded.push(...events.map((each) => ({ ...each, at: now })));
      return recorded.slice(-events.length);
    };
    await using _keeping = await keepStreams({
      connection: await openConnection(broker.url),
      kinds: ["play"],
      log: silent,
    });
    const own = { kinds: ["play"], history: historyOf(recorded) };
    const producer = await openBus(broker.url, { own });
    const consumer = await openBus(broker.url);
    const [ahead, behind, late] = [effects(), laggingEffects(10), effects()];
    await using _ahead = consumer.subscribe({ consumer: "ahead", kind: "play", react: ahead.react });
    await using _behind = consumer.subscribe({ consumer: "behind", kind: "play", react: behind.react });
    await relay(producer, record(numbers(30)));
    await until(() => ahead.count() === 90 && behind.count() === 30);
    await broker.die();
    broker.wipe();
    // Nobody reads what was acknowledged and is gone, but from the journal.
    record([31]);
    await broker.start();
    await broker.has("lucent-play");
    await relay(producer, record(numbers(9, 32)));
    behind.letOn();
    await using _late = consumer.subscribe({ consumer: "late", kind: "play", react: late.react });
    await until(() => [ahead, behind, late].every(({ count }) => count() === 120));
    expect([ahead, behind, late].flatMap(({ disorder }) => disorder)).toEqual([]);
  }, 60_000);

  test("what is on its way when the server dies is sent again as soon as it is back", async () => {
    const broker = await startBroker();
    const bus = await openBus(broker.url);
    await bus.publish([event("play", "a", 1)]);
    broker.pause();
    const publishing = bus.publish([event("play", "a", 2)]);
    await Bun.sleep(50);
    await broker.die();
    await broker.start();
    const start = performance.now();
    await publishing;
    expect(performance.now() - start).toBeLessThan(1_500);
  }, 60_000);

  test.each(["reading", "away"])(
    "a server that comes back with an old copy of its storage is not taken for where a consumer was that is %s meanwhile",
    async (meanwhile) => {
      const broker = await startBroker();
      const copy = join(folder(), "copy");
      const jetstream = join(broker.storage, "jetstream");
      const [producer, consumer] = [await openBus(broker.url), await openBus(broker.url)];
      const { count, react } = effects();
      const reading = { consumer: "c", kind: "play", react };
      const first = consumer.subscribe(reading);
      await producer.publish(numbers(20).map((revision) => event("play", "a", revision)));
      await broker.stop();
      cpSync(jetstream, copy, { recursive: true });
      await broker.start();
      await producer.publish(numbers(20, 21).map((revision) => event("play", "a", revision)));
      await until(() => count() === 40);
      if (meanwhile === "away") await first[Symbol.asyncDispose]();
      await broker.stop();
      rmSync(jetstream, { recursive: true });
      cpSync(copy, jetstream, { recursive: true });
      await broker.start();
      // As many as were lost, and more: sequences say nothing.
      await producer.publish(numbers(30).map((revision) => event("play", "b", revision)));
      await using _ = meanwhile === "away" ? consumer.subscribe(reading) : first;
      await until(() => count() === 70);
    },
    60_000,
  );

  test("a consumer that needs what the stream no longer keeps is fed from the journal, then from the stream", async () => {
    const broker = await startBroker();
    const recorded = numbers(700).flatMap((revision) => ["a", "b"].map((each) => event("play", each, revision)));
    const history = historyOf(recorded);
    const bus = await openBus(broker.url, { history });
    await bus.publish(recorded.slice(0, 1));
    await broker.shorten("lucent-play", 100);
    await bus.publish(recorded);
    const { count, disorder, react } = effects();
    await using _ = bus.subscribe({ consumer: "new", kind: "play", react });
    await until(() => count() === 1_400);
    await bus.publish([event("play", "a", 701)]);
    await until(() => count() === 1_401);
    expect(disorder).toEqual([]);
  }, 60_000);

  test("a consumer that was away for longer than the stream keeps goes on without a gap", async () => {
    const broker = await startBroker();
    const recorded = numbers(300).map((revision) => event("play", "a", revision));
    const records = openRecords();
    const bus = await openBus(broker.url, { records, history: historyOf(recorded) });
    const { count, disorder, react } = effects();
    const reading = { consumer: "c", kind: "play", react };
    await bus.publish(recorded.slice(0, 50));
    const first = bus.subscribe(reading);
    await until(() => count() === 50);
    await first[Symbol.asyncDispose]();
    await broker.shorten("lucent-play", 100);
    await bus.publish(recorded);
    await using _ = bus.subscribe(reading);
    await until(() => count() === 300);
    expect(disorder).toEqual([]);
  }, 60_000);
});
