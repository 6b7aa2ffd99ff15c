import { expect, test } from "bun:test";
import { jetstreamManager } from "@nats-io/jetstream";
import { withOwnNats } from "../../bootstrap/servers/mod.ts";
import { collector, event } from "../../ports/messaging_contract.ts";
import { createExtents, extentKind } from "./_extent.ts";
import { watchLink } from "./_link.ts";
import { createPublisher } from "./_publisher.ts";
import { effects, laggingEffects, numbers, openProducer, openStand, silent, until } from "./_stand_test.ts";
import { openStreams } from "./_streams.ts";
import { keepStreams } from "./mod.ts";

const { openBus, openConnection, startBroker } = openStand();

await withOwnNats(() => {
  test("a stream that is deleted and made again under its service is read in order by who lags behind, and by who comes later", async () => {
    const broker = await startBroker();
    const keeper = await openConnection(broker.url);
    await using _keeping = await keepStreams({ connection: keeper, kinds: ["play"], log: silent });
    const { streams } = await jetstreamManager(keeper.nats);
    const { record, own, records } = openProducer();
    // Two replicas: only one of them is told of what happens next.
    const producers = [
      await openBus(broker.url, { own, records }),
      await openBus(broker.url, { own, records }),
    ] as const;
    const consumer = await openBus(broker.url);
    const [behind, late] = [laggingEffects(3), effects()];
    await using _behind = consumer.subscribe({ consumer: "behind", kind: "play", react: behind.react });
    await producers[0].publish(record(numbers(8)));
    await producers[1].publish(record(numbers(8), "b"));
    await until(() => behind.count() === 6);
    await streams.delete("lucent-play");
    await broker.has("lucent-play");
    await producers[0].publish(record([9, 10]));
    await producers[1].publish(record([9, 10], "b"));
    await using _late = consumer.subscribe({ consumer: "late", kind: "play", react: late.react });
    behind.letOn();
    await until(() => behind.count() === 20 && late.count() === 20);
    expect([...behind.disorder, ...late.disorder]).toEqual([]);
  }, 60_000);

  test("what goes into a stream that was made again is read, though nobody fills it", async () => {
    const broker = await startBroker();
    const keeper = await openConnection(broker.url);
    await using _keeping = await keepStreams({ connection: keeper, kinds: ["play"], log: silent });
    const { streams } = await jetstreamManager(keeper.nats);
    const bus = await openBus(broker.url);
    await bus.publish([event("play", "a", 1)]);
    await streams.delete("lucent-play");
    await broker.has("lucent-play");
    await bus.publish([event("play", "a", 2)]);
    const { ids, react, count } = collector();
    await using _ = bus.subscribe({ consumer: "c", kind: "play", react });
    await count(1);
    expect(ids).toEqual(["play/a/2"]);
  }, 60_000);

  test("a stream that gives out sequences again without having lost its connection or its name is filled again", async () => {
    const broker = await startBroker();
    const connection = await openConnection(broker.url);
    const { streams: manager } = await jetstreamManager(connection.nats);
    const { record, own, records } = openProducer();
    const streams = await openStreams(connection, "lucent", 1);
    // As one of a cluster whose leader has lost its disk.
    const find = async (kind: string) => {
      const found = await streams.find(kind);
      return found && { ...found, created: "2026-11-23T00:00:00.1Z" };
    };
    const make = async (kind: string) => ({ ...(await streams.make(kind)), created: "2026-11-23T00:00:00.1Z" });
    await using link = watchLink(connection);
    const { publish } = createPublisher({
      ...{ connection, root: "lucent", link, streams: { ...streams, find, make }, own, log: silent },
      ...{ extents: createExtents(records(extentKind)), signal: new AbortController().signal },
    });
    await publish(record(numbers(20)));
    await manager.delete("lucent-play");
    await streams.make("play");
    // More than there were: how many there are tells nothing.
    await publish(record(numbers(30, 21)));
    const held = new Set<string>();
    const { state } = await manager.info("lucent-play");
    for (const sequence of numbers(state.last_seq)) {
      const message = await manager.getMessage("lucent-play", { seq: sequence });
      held.add(message?.header.get("ce-id") ?? "");
    }
    expect(held.size).toBe(50);
  }, 60_000);
});
