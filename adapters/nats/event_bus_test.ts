import { afterAll } from "bun:test";
import { withNats } from "../../bootstrap/servers/mod.ts";
import { testEventBus } from "../../ports/messaging_contract.ts";
import { createPlaces, openDatabase } from "../sqlite/mod.ts";
import { connectToNats, createEventBus } from "./mod.ts";

await withNats((url) => {
  const opened = new AsyncDisposableStack();
  afterAll(() => opened.disposeAsync());

  testEventBus("nats", async () => {
    const log = () => {};
    const connection = opened.use(await connectToNats({ urls: url, name: "test", log }));
    const places = createPlaces(openDatabase(":memory:"));
    const root = `test-${Bun.randomUUIDv7()}`;
    return opened.use(await createEventBus({ connection, places, root, log }));
  });
});
