import { withNats } from "../../bootstrap/servers/mod.ts";
import { testEventBus } from "../../ports/messaging_contract.ts";
import { openBus } from "./_stand_test.ts";

await withNats((url) => testEventBus("nats", () => openBus(url, { root: `test-${Bun.randomUUIDv7()}` })));
