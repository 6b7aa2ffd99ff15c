import { createEventBus, createParking } from "../adapters/sqlite/mod.ts";
import { consume } from "../bootstrap/consume.ts";
import { startRelay } from "../bootstrap/relay.ts";
import { ledgerKind } from "../domains/portfolio/mod.ts";
import { percentile } from "./_measure.ts";
import type { Figure } from "./_report.ts";
import { openFolder, openStores, post } from "./_stand.ts";

const samples = 1_000;
const warmUp = 200;

/** From the moment that a command's event is committed to the moment that a reaction to it, in another service, is. */
export async function reactions(): Promise<Figure[]> {
  using folder = openFolder();
  await using running = new AsyncDisposableStack();
  const log = (message: string, details: object) => console.error(message, details);
  const open = (name: string) => {
    const opened = openStores(folder.path, name);
    running.defer(() => opened.database.close());
    return opened;
  };
  const bus = open("bus");
  const [producer, consumer] = [open("producer"), open("consumer")];
  const eventBus = createEventBus(bus.database, log);
  running.use(startRelay(producer.stores.outbox, eventBus, log));
  const [produced, consumed] = [producer.stores.open(ledgerKind), consumer.stores.open(ledgerKind)];
  let reacted = () => {};
  const react = async ({ aggregate, id }: { aggregate: string; id: string }) => {
    await post(consumed, aggregate, id);
    reacted();
  };
  const parking = createParking(consumer.database);
  running.use(
    consume({ consumer: "bench", kind: ledgerKind.name, concerns: () => true, react }, eventBus, parking, log),
  );
  const latencies: number[] = [];
  for (let count = 0; count < warmUp + samples; count++) {
    const { promise, resolve } = Promise.withResolvers<void>();
    reacted = resolve;
    await post(produced, Bun.randomUUIDv7());
    const start = performance.now();
    await promise;
    if (count >= warmUp) latencies.push(performance.now() - start);
  }
  return [50, 99].map((percent) => ({
    what: `From event to reaction, both committed, p${percent}`,
    value: percentile(latencies, percent),
    unit: "ms",
  }));
}
