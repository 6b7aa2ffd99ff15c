import { type AggregateStore, type Cause, type Clock, type NewId, transact } from "../../ports/mod.ts";
import { type AccountId, later, mayView, refuse, type Viewer } from "../shared/mod.ts";
import {
  addDestination,
  type Destination,
  type Destinations,
  type DestinationsEvent,
  removeDestination,
} from "./destinations.ts";
import type { Spelling } from "./spelling.ts";
import type { Wallet, WalletEvent } from "./wallet.ts";

export type DestinationService = ReturnType<typeof createDestinationService>;
export type AddDestinationRefusal = "wallet-not-found" | "account-malformed" | "destinations-full";
export type RemoveDestinationRefusal = "wallet-not-found" | "destination-not-found";

export type DestinationView = Destination & { readonly id: string; readonly status: "waiting" | "active" };

type Dependencies = {
  readonly wallets: AggregateStore<Wallet, WalletEvent>;
  readonly destinations: AggregateStore<Destinations, DestinationsEvent>;
  readonly spelling: Spelling;
  /** Seconds until a new one counts. */
  readonly delay: number;
  readonly clock: Clock;
  readonly newId: NewId;
};

/** A wallet's allow-list. */
export function createDestinationService(dependencies: Dependencies) {
  const { wallets, destinations, spelling, delay, clock, newId } = dependencies;

  async function ownerOf(wallet: string, viewer: Viewer) {
    const { state } = await wallets.load(wallet);
    return state.status === "open" && mayView(viewer, state.user) ? state.user : undefined;
  }

  function viewsOf({ entries }: Destinations): DestinationView[] {
    const now = clock();
    return Object.entries(entries).map(([id, { account, label, at, activeFrom }]) => ({
      ...{ id, account, label, status: activeFrom <= now ? "active" : "waiting", at, activeFrom },
    }));
  }

  return {
    async list(wallet: string, viewer: Viewer) {
      if (!(await ownerOf(wallet, viewer))) return refuse("wallet-not-found");
      return { ok: true, items: viewsOf((await destinations.load(wallet)).state) } as const;
    },

    async add(
      wallet: string,
      asked: { readonly account: string; readonly label: string },
      viewer: Viewer,
      cause: Cause,
    ) {
      const user = await ownerOf(wallet, viewer);
      if (!user) return refuse("wallet-not-found");
      const account = spelling.account(asked.account) as AccountId | undefined;
      if (account === undefined) return refuse("account-malformed");
      const at = clock();
      const command = { user, destination: newId(), account, label: asked.label, at, activeFrom: later(at, delay) };
      const outcome = await transact(destinations, wallet, cause, (state) => addDestination(state, command));
      if (!outcome.ok) return outcome;
      const view = viewsOf(outcome.state).find((each) => each.account === account);
      return view ? ({ ok: true, view } as const) : refuse("account-malformed");
    },

    async remove(wallet: string, destination: string, viewer: Viewer, cause: Cause) {
      const user = await ownerOf(wallet, viewer);
      if (!user) return refuse("wallet-not-found");
      return transact(destinations, wallet, cause, (state) => removeDestination(state, { user, destination }));
    },
  };
}
