import { type AggregateStore, type Cause, type Clock, present, transact, transactTogether } from "../../ports/mod.ts";
import {
  type AccountId,
  type AssetId,
  amount,
  compareAmounts,
  mayView,
  type NetworkId,
  refuse,
  type UserId,
  type Viewer,
} from "../shared/mod.ts";
import type { AssetService } from "./asset_service.ts";
import type { AbiCodec } from "./chain.ts";
import { type AskTransfer, type Considering, createConsidering } from "./considering.ts";
import { type PlatformFreeze, type PlatformFreezeEvent, platformId } from "./freezing.ts";
import { holdForTransfer } from "./holds.ts";
import { fragmentOf, type Intent } from "./intent.ts";
import {
  type Judgement,
  type Judging,
  type PolicyRefusal,
  refusalOf,
  reservedOf,
  volumeEvents,
  withVolumes,
} from "./judging.ts";
import { type Planning, withMargin } from "./planning.ts";
import { refuseTransfer, requestOrderTransfer, requestTransfer, sameRequest } from "./request.ts";
import type { Scope } from "./scope.ts";
import type { FeeReserve } from "./service.ts";
import type { KnownTransfer, OrderPurpose, Transfer, TransferEvent, TransferRequest } from "./transfer.ts";
import {
  decodedCall,
  judgementView,
  type SimulationView,
  type TransferStatus,
  type TransferView,
  transferView,
} from "./views.ts";
import { available, type OpenWallet, type Wallet, type WalletEvent } from "./wallet.ts";

export type TransferService = ReturnType<typeof createTransferService>;

export type TransferRefusal =
  | "wallet-not-found"
  | "network-not-served"
  | "asset-not-listed"
  | "intent-malformed"
  | "funds-insufficient"
  | "simulation-reverted"
  | "transfer-differs"
  | "wallet-frozen"
  | "platform-frozen"
  | PolicyRefusal;

export type TransferDependencies = {
  readonly wallets: AggregateStore<Wallet, WalletEvent>;
  readonly transfers: AggregateStore<Transfer, TransferEvent>;
  readonly judging: Judging;
  readonly platform: AggregateStore<PlatformFreeze, PlatformFreezeEvent>;
  readonly assets: AssetService;
  readonly planning: Planning;
  readonly codec: AbiCodec;
  readonly fees: FeeReserve;
  readonly clock: Clock;
  /** Something is to be sent from the account. */
  readonly kick: (account: AccountId) => void;
};

/** What a play's step asks for. */
export type OrderTransfer = {
  readonly transfer: string;
  readonly user: UserId;
  readonly wallet: string;
  readonly network: NetworkId;
  readonly intent: Intent;
  readonly scope: Scope;
  readonly purpose: OrderPurpose;
};

type Listing = {
  readonly wallet?: string | undefined;
  readonly status?: TransferStatus | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
};

/** The commands and questions about transfers. */
export function createTransferService(dependencies: TransferDependencies) {
  const { wallets, transfers, judging, platform, assets, planning, codec, fees, clock, kick } = dependencies;
  const { consider, judged } = createConsidering(dependencies);

  /** The refusal as it is kept: what someone tried to do with money is in the journal too. */
  async function refused(id: string, request: TransferRequest, policy: Judgement, cause: Cause) {
    const refusal = refusalOf(policy) ?? "policy-refused";
    await transact(transfers, id, cause, (state) =>
      refuseTransfer(state, { ...request, policy }, refusal, policy.words),
    );
    return { ...refuse(refusal), policy: judgementView(policy) } as const;
  }

  function viewOf(id: string, transfer: KnownTransfer): TransferView {
    const { network, account = "" } = transfer;
    const from = account.slice(network.length + 1);
    const nativeAsset = (assets.networks().find((each) => each.id === network)?.nativeAsset ?? "") as AssetId;
    return transferView(id, transfer, {
      codec,
      nativeAsset,
      digestOf: (call) => planning.digestOf(network, from, call),
    });
  }

  async function record(
    id: string,
    request: TransferRequest,
    needs: Parameters<typeof holdForTransfer>[1],
    { inForce, counted, facts, subject }: Awaited<ReturnType<Considering["judged"]>>,
    cause: Cause,
  ) {
    const reserved = reservedOf(counted, facts, request.at);
    const together = { transfer: { store: transfers, id }, wallet: { store: wallets, id: request.wallet } };
    const targets = withVolumes(together, judging.volumes, counted);
    let against: Judgement | undefined;
    const outcome = await transactTogether(targets, cause, (loaded) => {
      const states = new Map(counted.map((each) => [each, loaded[`volume ${each}`]?.state ?? {}] as const));
      const policy = judging.decide(inForce, facts, subject, states);
      const requested = requestTransfer(loaded.transfer.state, {
        ...request,
        policy,
        ...(reserved.length > 0 && { reserved }),
      });
      if (!requested.ok || requested.events.length === 0) return requested.ok ? { ok: true, events: {} } : requested;
      const refusal = refusalOf(policy);
      against = refusal && policy;
      if (refusal) return refuse(refusal);
      if (loaded.wallet.state.status === "open" && loaded.wallet.state.frozen) return refuse("wallet-frozen");
      const held = holdForTransfer(loaded.wallet.state, needs);
      if (!held.ok) return held;
      const reserving = volumeEvents("VolumeReserved", id, reserved);
      return { ok: true, events: { ...reserving, transfer: requested.events, wallet: held.events } };
    });
    if (!outcome.ok) return against ? refused(id, request, against, cause) : outcome;
    if (request.account) kick(request.account);
    const { state } = outcome.transfer;
    return state.status === "absent" ? refuse("transfer-differs") : ({ ok: true, view: viewOf(id, state) } as const);
  }

  return {
    /**
     * Accepts a user's transfer: what it sends and what it may cost at most is held in the same commit. Asking again under the
     * same id answers the same transfer.
     */
    async request(id: string, asked: AskTransfer, viewer: Viewer, cause: Cause) {
      const considered = await consider(asked, viewer);
      if (!considered.ok) return considered;
      const { wallet, intent, chain, account, call } = considered;
      const { priority = "normal", note, network } = asked;
      const wanted = {
        user: wallet.user,
        wallet: asked.wallet,
        network,
        intent,
        priority,
        ...(note !== undefined && { note }),
      };
      const { state: known } = await transfers.load(id);
      if (known.status !== "absent") {
        if (!sameRequest(known, wanted)) return refuse("transfer-differs");
        if (known.status === "rejected" && known.policy) return refused(id, known, known.policy, cause);
        return { ok: true, view: viewOf(id, known) } as const;
      }
      if ((await platform.load(platformId)).state.status === "frozen") return refuse("platform-frozen");
      if (wallet.frozen) return refuse("wallet-frozen");
      const verdict = await judged(considered, asked.wallet, priority, viewer);
      const asking: TransferRequest = {
        ...{ ...wanted, account: account.account, purpose: { type: "user" }, hold: id, at: clock() },
        correlation: cause.correlation,
      };
      if (refusalOf(verdict.judgement)) return refused(id, asking, verdict.judgement, cause);
      const sent = sentBy(intent);
      if (!affords(wallet, sent)) return refuse("funds-insufficient");
      const { simulation, fee: most } =
        verdict.estimated ?? (await planning.estimate(chain, account.address, call, priority));
      if (simulation.outcome === "reverted") return refuse("simulation-reverted");
      const fee = withMargin(most, fees.marginBasisPoints);
      const request: TransferRequest = {
        ...asking,
        quote: { call, digest: planning.digestOf(network, account.address, call), fee },
      };
      const needs = [...sent, { asset: chain.network.nativeAsset, amount: fee }];
      return record(id, request, { transfer: id, assets: needs }, verdict, cause);
    },

    /** Says what would come of it. Records nothing. */
    async simulate(asked: AskTransfer, viewer: Viewer) {
      const considered = await consider(asked, viewer);
      if (!considered.ok) return considered;
      const { intent, chain, account, call } = considered;
      const { network, priority = "normal" } = asked;
      const { judgement, estimated } = await judged(considered, asked.wallet, priority, viewer);
      const { simulation, fee } = estimated ?? (await planning.estimate(chain, account.address, call, priority));
      const { nativeAsset } = chain.network;
      const view: SimulationView = {
        digest: planning.digestOf(network, account.address, call),
        decoded: decodedCall(call, fragmentOf(intent, nativeAsset), codec),
        fee: { asset: nativeAsset, amount: withMargin(fee, fees.marginBasisPoints) },
        ...{ outcome: simulation.outcome, reason: simulation.reason, policy: judgementView(judgement) },
        effects: simulation.effects.map(({ account, asset, delta }) => ({ account, asset, delta })),
      };
      return { ok: true as const, view };
    },

    /** Takes on a play's transaction; whether it may be sent is judged when it is planned. */
    async requestForOrder({ transfer: id, purpose, ...asked }: OrderTransfer, cause: Cause) {
      const { state: wallet } = await wallets.load(asked.wallet);
      const account = accountOf(wallet, asked.user, asked.network);
      const request: TransferRequest = {
        ...{ ...asked, purpose, hold: purpose.order, priority: "normal", at: clock() },
        ...(account && { account }),
        correlation: cause.correlation,
      };
      const outcome = await transact(transfers, id, cause, (state) => requestOrderTransfer(state, request));
      if (account) kick(account);
      return outcome;
    },

    async get(id: string, viewer: Viewer) {
      const { state } = await transfers.load(id);
      if (state.status === "absent" || !mayView(viewer, state.user)) return refuse("transfer-not-found");
      return { ok: true, view: viewOf(id, state) } as const;
    },

    async list(user: UserId, { wallet, status, after, limit }: Listing) {
      const stored = status === "queued" ? ["requested", "signed"] : status;
      const where = { ...present<string | readonly string[]>({ user, wallet, status: stored }), at: {} };
      const page = await transfers.find({ where, order: "descending", limit, ...(after && { after }) });
      const items = page.items.flatMap(({ id, state }) => (state.status === "absent" ? [] : [viewOf(id, state)]));
      return { items, ...(page.next !== undefined && { next: page.next }) };
    },
  };
}

function sentBy(intent: Intent) {
  if (intent.type !== "send" || typeof intent.amount !== "string") return [];
  return [{ asset: intent.asset as AssetId, amount: amount(intent.amount) }];
}

function affords(wallet: OpenWallet, sent: ReturnType<typeof sentBy>): boolean {
  return sent.every(({ asset, amount }) => compareAmounts(amount, available(wallet, asset)) <= 0);
}

function accountOf(wallet: Wallet, user: UserId, network: NetworkId): AccountId | undefined {
  if (wallet.status === "absent" || wallet.user !== user) return undefined;
  return wallet.accounts.find((each) => each.network === network)?.account;
}
