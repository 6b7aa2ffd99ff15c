import { allOf } from "../../ports/mod.ts";
import type { AccountId, NetworkId } from "../shared/mod.ts";
import type { AssetService } from "./asset_service.ts";
import { createLanes, type StartPersistence } from "./lanes.ts";
import { createSettling } from "./settling.ts";
import { createSigning, type SigningDependencies } from "./signing.ts";

export type SenderDependencies = SigningDependencies & {
  readonly assets: AssetService;
  readonly persist: StartPersistence;
};

export type Sender = ReturnType<typeof createSender>;

/**
 * Carries transfers from request to finality. It is told of new requests (`kick`) and new heads (`headMoved`), and finds at
 * `resume()` whatever a process before left under way. An account's transfers go out in order, accounts side by side.
 */
export function createSender({ assets, persist, ...signing }: SenderDependencies) {
  const { transfers, chains } = signing;
  const { workOff, broadcast } = createSigning(signing);
  const accounts = createLanes(persist, (account) => workOff(account as AccountId));
  const kick = (account: AccountId) => accounts.kick(account);
  const { check } = createSettling({ ...signing, assets, broadcast, kick });
  const networks = createLanes(persist, (network) => check(network as NetworkId));
  const headMoved = (network: NetworkId) => networks.kick(network);

  return {
    kick,
    headMoved,

    async resume(): Promise<void> {
      const where = { status: ["requested", "signed"] };
      for await (const { state } of allOf((place) => transfers.find({ where, limit: 200, ...place }))) {
        if (state.status !== "absent" && state.account) kick(state.account);
      }
      for (const network of chains.keys()) headMoved(network);
    },

    /** Resolves when nothing is left to do before the next request or head. */
    async idle(): Promise<void> {
      await Promise.all([networks.idle(), accounts.idle()]);
      await accounts.idle();
    },

    async [Symbol.asyncDispose]() {
      await Promise.all([networks[Symbol.asyncDispose](), accounts[Symbol.asyncDispose]()]);
    },
  };
}
