import { expect, test } from "bun:test";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { withOwnNats } from "../../bootstrap/servers/mod.ts";
import { event } from "../../ports/messaging_contract.ts";
import type { History } from "./_history.ts";
import { effects, laggingEffects, numbers, openProducer, openStand, until } from "./_stand_test.ts";

const { folder, openBus, startBroker } = openStand();

/** A journal that fails behind so many events. */
function failingAfter(many: number, history: History): History {
  return async (query) => {
    if (query.after !== undefined) throw new Error("No more for now");
    const { items } = await history({ ...query, limit: many });
    return { items, next: `${many}` };
  };
}

/** A server whose storage can be set back to what it was when this was called. */
async function startFallible() {
  const broker = await startBroker();
  const [jetstream, copy] = [join(broker.storage, "jetstream"), join(folder(), "copy")];
  return {
    ...broker,
    async keepCopy(): Promise<void> {
      await broker.stop();
      cpSync(jetstream, copy, { recursive: true });
      await broker.start();
    },
    async setBack(): Promise<void> {
      await broker.stop();
      rmSync(jetstream, { recursive: true });
      cpSync(copy, jetstream, { recursive: true });
      await broker.start();
    },
  };
}

await withOwnNats(() => {
  test.each(["goes on", "starts again", "starts again half-way through filling it"])(
    "what was acknowledged and is lost with a stream's end reaches those who had not read it, in order: its service %s",
    async (meanwhile) => {
      const broker = await startFallible();
      const { record, own, records } = openProducer();
      let producer = await openBus(broker.url, { own, records });
      const consumer = await openBus(broker.url);
      const [ahead, behind] = [effects(), laggingEffects(10)];
      await using _ahead = consumer.subscribe({ consumer: "ahead", kind: "play", react: ahead.react });
      await using _behind = consumer.subscribe({ consumer: "behind", kind: "play", react: behind.react });
      await producer.publish(record(numbers(20)));
      await broker.keepCopy();
      // Who was to publish these is gone: what has been recorded is more than what has been lost.
      record(numbers(30), "b");
      await producer.publish(record(numbers(20, 21)));
      await until(() => ahead.count() === 40 && behind.count() === 10);
      if (meanwhile !== "goes on") await producer[Symbol.asyncDispose]();
      await broker.setBack();
      if (meanwhile.endsWith("filling it")) {
        // The stream is longer than before, and does not have what was lost.
        const history = failingAfter(50, own.history);
        producer = await openBus(broker.url, { own: { ...own, history }, records });
        await expect(producer.publish([event("play", "a", 41)])).rejects.toThrow("No more for now");
        await producer[Symbol.asyncDispose]();
      }
      if (meanwhile !== "goes on") producer = await openBus(broker.url, { own, records });
      await producer.publish(record(numbers(30, 41)));
      behind.letOn();
      await using late = await openBus(broker.url);
      const afterwards = effects();
      await using _late = late.subscribe({ consumer: "late", kind: "play", react: afterwards.react });
      const all = [ahead, behind, afterwards];
      await until(() => all.every(({ count }) => count() >= 100));
      expect(all.map(({ disorder }) => disorder)).toEqual([[], [], []]);
    },
    60_000,
  );
});
