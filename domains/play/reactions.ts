import type { Cause } from "../../ports/mod.ts";
import { type Amount, type AssetId, type NetworkId, type UserId, zero } from "../shared/mod.ts";
import type { Action } from "./definition.ts";
import type { PlayService } from "./service.ts";

type Placed = {
  readonly user: UserId;
  readonly play: string;
  readonly version: number;
  readonly digest: string;
  readonly wallet: string;
  readonly action: Action;
  readonly amount: Amount | "all";
  readonly asset: AssetId;
  readonly network: NetworkId;
  readonly parameters: { readonly [name: string]: unknown };
  readonly position?: string;
};

type Ended = { readonly reason: string };
type Undone = { readonly position?: string; readonly closed: boolean };

/** What plays do when orders are placed and end. An exit takes no capacity, so its amount is zero here. */
export function playReactions(plays: Pick<PlayService, "claim" | "take" | "release">) {
  const release = ({ reason }: Ended, order: string, cause: Cause) => plays.release(order, reason, cause);
  const undone = ({ position, closed, reason }: Undone & Ended, order: string, cause: Cause) =>
    plays.release(order, reason, cause, closed ? position : undefined);

  return {
    order: {
      OrderPlaced(placed: Placed, order: string, cause: Cause) {
        const { user, play, version, digest, wallet, action, asset, network, parameters, position } = placed;
        const amount = action === "exit" || placed.amount === "all" ? zero : placed.amount;
        const terms = { order, user, play, version, digest, wallet, action, amount, asset, network, parameters };
        return plays.claim({ ...terms, ...(position !== undefined && { position }) }, cause);
      },
      OrderRefused: release,
      OrderCancelled: release,
      OrderCompensated: undone,
      OrderIncidentResolved: (resolved: Undone, order: string, cause: Cause) =>
        undone({ ...resolved, reason: "incident-resolved" }, order, cause),
      OrderFilled(
        filled: { user: UserId; wallet: string; action: Action; position: string; closed: boolean },
        order: string,
        cause: Cause,
      ) {
        const { user, wallet, action, position, closed } = filled;
        return plays.take({ order, user, wallet, action, position, closed }, cause);
      },
    },
  };
}
