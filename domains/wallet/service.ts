import {
  type AggregateStore,
  allOf,
  atRevision,
  type Cause,
  NotYetKnown,
  present,
  type ReadContract,
  type RecordStore,
  transact,
} from "../../ports/mod.ts";
import {
  type AccountId,
  type Amount,
  type AssetId,
  addAmounts,
  amount,
  mayView,
  type NetworkId,
  refuse,
  type UserId,
  type Viewer,
  zero,
} from "../shared/mod.ts";
import { createAllowancesLeft } from "./allowances_left.ts";
import type { AssetService } from "./asset_service.ts";
import type { EvmChain } from "./chain.ts";
import { beginCursor, type Cursor, followedUntil } from "./cursor.ts";
import type { Deposit, DepositEvent } from "./deposit.ts";
import { termsOf } from "./guard.ts";
import { holdForOrder, type ReleaseOrder, refuseOrder, releaseOrder } from "./holds.ts";
import { mostOf, withMargin } from "./planning.ts";
import { noteTerms, type PlayDefinition, type PlayTerms, type PlayTermsEvent, transactionsOf } from "./play_terms.ts";
import { noteRegistration, type Registration, type RegistrationEvent } from "./registration.ts";
import type { AssetAmount } from "./sums.ts";
import type { Transfer, TransferEvent } from "./transfer.ts";
import { type BalanceView, balanceView, depositView, holdViews, walletView } from "./views.ts";
import { assetsOf, createWallet, type OpenWallet, renameWallet, type Wallet, type WalletEvent } from "./wallet.ts";
import type { WalletsAhead } from "./wallets_ahead.ts";
import type { Watched } from "./watched.ts";

export type WalletService = ReturnType<typeof createWalletService>;
export type WalletRefusal = "wallet-not-found" | "revision-stale";

export type WalletDependencies = {
  readonly wallets: AggregateStore<Wallet, WalletEvent>;
  readonly deposits: AggregateStore<Deposit, DepositEvent>;
  readonly registrations: AggregateStore<Registration, RegistrationEvent>;
  readonly playTerms: AggregateStore<PlayTerms, PlayTermsEvent>;
  readonly cursors: RecordStore<Cursor>;
  readonly assets: AssetService;
  readonly watched: Watched;
  readonly chains: ReadonlyMap<NetworkId, EvmChain>;
  readonly ahead: WalletsAhead;
  readonly fees: FeeReserve;
  readonly transfers: AggregateStore<Transfer, TransferEvent>;
  readonly read: ReadContract;
  /** Something may go on from the account now. */
  readonly kick: (account: AccountId) => void;
};

/** What is held for the fees of an order: so much gas for each transaction that it may take, with a margin. */
export type FeeReserve = { readonly gasPerTransaction: Amount; readonly marginBasisPoints: number };

/** What a claimed capacity asks of a wallet. */
export type Claim = {
  readonly order: string;
  readonly user: UserId;
  readonly play: string;
  readonly version: number;
  readonly digest: string;
  readonly wallet: string;
  readonly action: "enter" | "adjust" | "exit";
  readonly amount: Amount;
  readonly asset: AssetId;
  readonly network: NetworkId;
  readonly position?: string;
};

type Listing = { readonly status?: string | undefined; readonly after?: string | undefined; readonly limit: number };

/** The commands and questions about wallets. */
export function createWalletService(dependencies: WalletDependencies) {
  const { wallets, deposits, registrations, playTerms, cursors, assets, watched, chains, ahead, fees, kick } =
    dependencies;

  const allowancesLeft = createAllowancesLeft(dependencies);

  async function visible(id: string, viewer: Viewer) {
    const { revision, state } = await wallets.load(id);
    if (state.status === "absent" || !mayView(viewer, state.user)) return refuse("wallet-not-found");
    return { ok: true, id, revision, state } as const;
  }

  async function pendingOf(wallet: string): Promise<ReadonlyMap<AssetId, Amount>> {
    const sums = new Map<AssetId, Amount>();
    const where = { wallet, status: ["detected", "confirmed"] };
    for await (const { state } of allOf((place) => deposits.find({ where, limit: 200, ...place }))) {
      if (state.status !== "absent") sums.set(state.asset, addAmounts(sums.get(state.asset) ?? zero, state.amount));
    }
    return sums;
  }

  async function balancesOf(id: string, wallet: OpenWallet): Promise<BalanceView[]> {
    const pending = await pendingOf(id);
    const natives = assets.networks().map(({ nativeAsset }) => nativeAsset);
    const all = new Set([...natives, ...assetsOf(wallet), ...pending.keys()]);
    const views = [...all].sort().map(async (asset) => {
      const network = asset.slice(0, asset.indexOf("/")) as NetworkId;
      const [known, asOf] = await Promise.all([assets.of(asset), followedUntil(cursors, network)]);
      return balanceView(wallet, asset, pending.get(asset) ?? zero, known, asOf);
    });
    return Promise.all(views);
  }

  /** What an order needs: its amount, and the fees of all its transactions at today's price. */
  async function needsOf({ action, amount: wanted, asset }: Claim, definition: PlayDefinition, chain: EvmChain) {
    const gas = BigInt(fees.gasPerTransaction) * BigInt(transactionsOf(definition, action));
    const most = mostOf(amount(gas), await chain.fees("normal"));
    const fee = { asset: chain.network.nativeAsset, amount: withMargin(most, fees.marginBasisPoints) };
    return [...(action === "exit" ? [] : [{ asset, amount: wanted }]), fee] satisfies AssetAmount[];
  }

  return {
    /** Makes a wallet with an account on every network. It is watched before anyone can learn its addresses. */
    async create(label: string, cause: Cause, known?: string) {
      const { id, accounts } = await (known === undefined ? ahead.claim() : ahead.make(known));
      for (const chain of chains.values()) await beginCursor(cursors, chain);
      const command = { user: cause.actor, label, accounts };
      const { state } = await wallets.load(id);
      if (state.status === "absent") await watched.register(id, cause.actor, accounts);
      const created = await transact(wallets, id, cause, (wallet) => createWallet(wallet, command));
      if (!created.ok || created.state.status === "absent") return refuse("wallet-differs");
      return { ok: true, revision: created.revision, view: walletView(id, created.state) } as const;
    },

    async rename(id: string, revision: number, label: string, viewer: Viewer, cause: Cause) {
      const renamed = (wallet: Wallet) =>
        wallet.status === "open" && mayView(viewer, wallet.user)
          ? renameWallet(wallet, label)
          : refuse("wallet-not-found");
      const outcome = await transact(wallets, id, cause, atRevision(revision, renamed));
      if (!outcome.ok) return outcome;
      if (outcome.state.status === "absent") return refuse("wallet-not-found");
      return { ok: true, revision: outcome.revision, view: walletView(id, outcome.state) } as const;
    },

    async get(id: string, viewer: Viewer) {
      const found = await visible(id, viewer);
      return found.ok ? ({ ok: true, revision: found.revision, view: walletView(id, found.state) } as const) : found;
    },

    async list(user: UserId, { after, limit }: Listing) {
      const page = await wallets.find({ where: { user }, order: "descending", limit, ...(after && { after }) });
      const items = page.items.flatMap(({ id, state }) => (state.status === "open" ? [walletView(id, state)] : []));
      return { items, ...(page.next !== undefined && { next: page.next }) };
    },

    async balances(id: string, viewer: Viewer) {
      const found = await visible(id, viewer);
      return found.ok ? { ok: true as const, items: await balancesOf(id, found.state) } : found;
    },

    async holds(id: string, viewer: Viewer) {
      const found = await visible(id, viewer);
      if (!found.ok) return found;
      return { ok: true as const, items: holdViews(found.state) };
    },

    async deposits(id: string, { status, after, limit }: Listing, viewer: Viewer) {
      const found = await visible(id, viewer);
      if (!found.ok) return found;
      const where = { ...present({ wallet: id, status }), at: {} };
      const page = await deposits.find({ where, order: "descending", limit, ...(after && { after }) });
      const items = page.items.flatMap(({ id, state }) => (state.status === "absent" ? [] : [depositView(id, state)]));
      return { ok: true as const, items, ...(page.next !== undefined && { next: page.next }) };
    },

    /** Holds what an order needs, or records why it gets nothing. */
    async holdForClaim(claim: Claim, cause: Cause) {
      const { order, user, wallet, position, action } = claim;
      const { state } = await playTerms.load(`${claim.play}-${claim.version}`);
      if (state.status === "unknown") throw new NotYetKnown(`Cannot hold for order "${order}": its play is not known`);
      const terms = termsOf(state, claim.digest);
      const chain = chains.get(claim.network);
      const reason = terms.ok ? "network-not-served" : terms.refusal;
      if (!terms.ok || !chain) return transact(wallets, wallet, cause, () => refuseOrder(claim, reason));
      const needs = await needsOf(claim, terms.definition, chain);
      const leaves = action === "exit" ? (position ?? "") : undefined;
      const command = { order, user, assets: needs, ...(leaves !== undefined && { leaves }) };
      return transact(wallets, wallet, cause, (state) => holdForOrder(state, command));
    },

    /** Ends an order's hold, once it is known whether an allowance is left: others may have waited for that. */
    async release(wallet: string, release: Omit<ReleaseOrder, "left">, cause: Cause) {
      const left = await allowancesLeft((await wallets.load(wallet)).state, release.order);
      const released = await transact(wallets, wallet, cause, (state) => releaseOrder(state, { ...release, left }));
      if (released.state.status === "open") for (const { account } of released.state.accounts) kick(account);
      return released;
    },

    noteRegistration(user: string, account: AccountId, cause: Cause) {
      return transact(registrations, user, cause, (registration) => noteRegistration(registration, account));
    },

    noteTerms(id: string, digest: string, definition: PlayDefinition, cause: Cause) {
      return transact(playTerms, id, cause, (terms) => noteTerms(terms, { digest, definition }));
    },
  };
}
