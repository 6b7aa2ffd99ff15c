import { withNats } from "../../bootstrap/servers/mod.ts";
import { broadcastContract } from "../../ports/broadcast_contract.ts";
import { openStand, silent } from "./_stand_test.ts";
import { createBroadcast } from "./mod.ts";

const { openConnection } = openStand();

await withNats((url) => {
  broadcastContract("NATS", async () => {
    const root = `test-${Bun.randomUUIDv7()}`;
    const connections = [await openConnection(url), await openConnection(url)] as const;
    const [one, other] = connections.map((connection) =>
      createBroadcast({ connection, service: "notification", root, log: silent }),
    );
    if (!one || !other) throw new Error("no processes");
    return {
      processes: [one, other],
      // The server answers each in the order in which it took what came.
      arrive: async () => {
        for (const { nats } of [...connections, ...connections]) await nats.flush();
      },
    };
  });
});
