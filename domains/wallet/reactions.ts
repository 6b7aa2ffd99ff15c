import type { Cause } from "../../ports/mod.ts";
import type { AccountId, NetworkId, UserId } from "../shared/mod.ts";
import type { OrderEnd } from "./holds.ts";
import type { Intent } from "./intent.ts";
import type { PlayDefinition } from "./play_terms.ts";
import type { Scope } from "./scope.ts";
import type { Claim, WalletService } from "./service.ts";
import type { TransferService } from "./transfer_service.ts";

type Ended = { readonly order: string; readonly user: UserId; readonly wallet: string };
type Taken = Ended & { readonly action: string; readonly position: string; readonly closed: boolean };
type Published = {
  readonly play: string;
  readonly version: number;
  readonly digest: string;
  readonly definition: PlayDefinition;
};

type TransferAsked = {
  readonly step: string;
  readonly transfer: string;
  readonly compensation: boolean;
  readonly order: string;
  readonly user: UserId;
  readonly wallet: string;
  readonly play: string;
  readonly version: number;
  readonly digest: string;
  readonly network: NetworkId;
  readonly intent: Intent;
  readonly scope: Scope;
};

type Reacting = Pick<WalletService, "holdForClaim" | "release" | "noteRegistration" | "noteTerms"> &
  Pick<TransferService, "requestForOrder">;

/** What wallets do when users register, plays are published, capacity is claimed or let go, and tasks want transactions. */
export function walletReactions(wallets: Reacting) {
  const release = ({ order, user, wallet }: Ended, end: OrderEnd, cause: Cause) =>
    wallets.release(wallet, { order, user, end }, cause);

  return {
    user: {
      UserRegistered({ account }: { readonly account: AccountId }, user: string, cause: Cause) {
        return wallets.noteRegistration(user, account, cause);
      },
    },
    play_version: {
      VersionPublished({ play, version, digest, definition }: Published, _version: string, cause: Cause) {
        return wallets.noteTerms(`${play}-${version}`, digest, definition, cause);
      },
    },
    claim: {
      CapacityClaimed(claim: Claim, _order: string, cause: Cause) {
        return wallets.holdForClaim(claim, cause);
      },
      CapacityTaken(taken: Taken, _order: string, cause: Cause) {
        const { action, position, closed } = taken;
        return release(taken, { type: "filled", action, position, closed }, cause);
      },
      CapacityReleased(ended: Ended, _order: string, cause: Cause) {
        return release(ended, { type: "dropped" }, cause);
      },
    },
    task: {
      TransferAsked(asked: TransferAsked, task: string, cause: Cause) {
        const { transfer, user, wallet, network, intent, scope } = asked;
        const { order, step, compensation, play, version, digest } = asked;
        const purpose = { type: "order", order, task, step, compensation, play, version, digest } as const;
        return wallets.requestForOrder({ transfer, user, wallet, network, intent, scope, purpose }, cause);
      },
    },
  };
}
