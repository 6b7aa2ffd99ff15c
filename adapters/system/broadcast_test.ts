import { broadcastContract } from "../../ports/broadcast_contract.ts";
import { createBroadcast } from "./broadcast.ts";

broadcastContract("in one process", async () => {
  const broadcast = createBroadcast(() => {});
  return { processes: [broadcast, broadcast], arrive: async () => {} };
});
