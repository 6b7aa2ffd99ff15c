import type { Connection } from "../../adapters/nats/mod.ts";
import type { Backing } from "../cluster/backing.ts";
import { joinNats } from "../distributed/joining.ts";
import type { ProcessName } from "../service_names.ts";

/** Connects to the broker as a process does, or with another password than its own. */
export function connectAs(
  backing: Backing,
  user: ProcessName,
  password = backing.passwordOf(user, "nats-password"),
): Promise<Connection> {
  return joinNats(backing.distribution(user, ""), password, () => {});
}
