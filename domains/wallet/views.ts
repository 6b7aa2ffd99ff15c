/**
 * What users see of wallets and transfers: never state itself. Lists are made for the one who asks.
 *
 * @module
 */
import { type Amount, type AssetId, type NetworkId, type UserId, zero } from "../shared/mod.ts";
import type { AssetView } from "./asset_service.ts";
import type { AbiCodec, Account, Call, Effect, Leaf } from "./chain.ts";
import type { SeenDeposit } from "./deposit.ts";
import { guardRefusals } from "./guard.ts";
import { fragmentOf, type Intent } from "./intent.ts";
import type { Judgement } from "./judging.ts";
import { mostOf } from "./planning.ts";
import { type AssetAmount, listed } from "./sums.ts";
import { isInFlight, type KnownTransfer, type Priority, type SettledEffect } from "./transfer.ts";
import { available, finalBalance, type HoldPurpose, heldOf, type OpenWallet } from "./wallet.ts";

export type WalletView = {
  readonly id: string;
  readonly user: UserId;
  readonly label: string;
  readonly status: "open" | "frozen";
  readonly accounts: Account[];
};

export function walletView(id: string, { user, label, frozen, accounts }: OpenWallet): WalletView {
  return { id, user, label, status: frozen ? "frozen" : "open", accounts: accounts.map(accountView) };
}

function accountView({ account, network, family, address, path }: Account): Account {
  return { account, network, family, address, path };
}

export type BalanceView = {
  readonly asset: AssetId;
  /** Absent where the asset is not listed. */
  readonly symbol?: string;
  readonly decimals?: number;
  readonly final: Amount;
  readonly pending: Amount;
  readonly held: Amount;
  readonly available: Amount;
  /** The time of the newest block that was followed; absent where the network is not followed. */
  readonly asOf?: string;
};

/** One asset's balance: what is final, what is on its way in, and what of the former is held. */
export function balanceView(
  wallet: OpenWallet,
  asset: AssetId,
  pending: Amount,
  known: AssetView | undefined,
  asOf: string | undefined,
): BalanceView {
  return {
    asset,
    ...(known && { symbol: known.symbol, decimals: known.decimals }),
    ...{
      final: finalBalance(wallet, asset),
      pending,
      held: heldOf(wallet, asset),
      available: available(wallet, asset),
    },
    ...(asOf !== undefined && { asOf }),
  };
}

export type HoldView = {
  readonly id: string;
  readonly purpose: HoldPurpose;
  readonly placed: AssetAmount[];
  readonly assets: AssetAmount[];
};

export function holdViews({ holds }: OpenWallet): HoldView[] {
  return Object.entries(holds).map(([id, { purpose, placed, assets }]) => ({
    ...{ id, purpose, placed: [...listed(placed)], assets: [...listed(assets)] },
  }));
}

export type DepositView = { readonly id: string } & Omit<SeenDeposit, "user">;

export function depositView(id: string, deposit: SeenDeposit): DepositView {
  const { status, wallet, account, network, asset, amount, hash, block, at } = deposit;
  return { id, status, wallet, account, network, asset, amount, hash, block: { ...block }, at };
}

/** A call as a person reads it: the function and its arguments, flattened; without a function, plain value or raw data. */
export type DecodedCall = {
  readonly to: string;
  readonly value: Amount;
  readonly data: string;
  readonly function?: string;
  readonly arguments: Leaf[];
};

export function decodedCall({ to, value, data }: Call, fragment: string | undefined, codec: AbiCodec): DecodedCall {
  const leaves = fragment === undefined ? undefined : codec.decode(fragment, data);
  const told = leaves?.map(({ path, type, value }) => ({ path, type, value })) ?? [];
  return { to, value, data, ...(leaves && fragment !== undefined && { function: fragment }), arguments: told };
}

const statuses = { requested: "queued", signed: "queued" } as const;

export type TransferStatus = "rejected" | "queued" | "submitted" | "included" | "final" | "failed";

export type TransferView = {
  readonly id: string;
  readonly user: UserId;
  readonly wallet: string;
  readonly network: NetworkId;
  readonly status: TransferStatus;
  readonly purpose:
    | { readonly type: "user" }
    | { readonly type: "order"; readonly order: string; readonly task: string; readonly step: string };
  readonly intent: Intent;
  readonly priority: Priority;
  readonly note?: string;
  /** Of network, sender and call: what is approved and signed. Absent until a play's intent is resolved. */
  readonly digest?: string;
  readonly decoded?: DecodedCall;
  /** What was paid; before that, the most that may be. */
  readonly fee?: { readonly asset: AssetId; readonly amount: Amount };
  readonly policy: PolicyView;
  readonly hashes: string[];
  readonly block?: { readonly number: number; readonly hash: string };
  readonly outcome?: "success" | "reverted";
  readonly effects: Omit<SettledEffect, "held">[];
  readonly failure?: { readonly reason: string; readonly detail: string };
  readonly createdAt: string;
};

type Reading = {
  readonly codec: AbiCodec;
  readonly nativeAsset: AssetId;
  readonly digestOf: (call: Call) => string;
};

export function transferView(id: string, transfer: KnownTransfer, reading: Reading): TransferView {
  const { user, wallet, network, status, intent, priority, note, at } = transfer;
  const call = "transaction" in transfer ? transfer.transaction.call : transfer.quote?.call;
  const fee = feeOf(transfer);
  return {
    ...{ id, user, wallet, network, status: status === "requested" || status === "signed" ? statuses[status] : status },
    ...{ purpose: purposeView(transfer), intent, priority, policy: policyOf(transfer), createdAt: at },
    ...(note !== undefined && { note }),
    ...(call && { digest: reading.digestOf(call) }),
    ...(call && { decoded: decodedCall(call, fragmentOf(intent, reading.nativeAsset), reading.codec) }),
    ...(fee !== undefined && { fee: { asset: reading.nativeAsset, amount: fee } }),
    hashes: "transaction" in transfer ? [transfer.transaction.hash] : [],
    ...("block" in transfer && { block: { ...transfer.block } }),
    ...(status === "final" && { outcome: transfer.outcome }),
    effects: status === "final" ? transfer.effects.map(({ account, asset, delta }) => ({ account, asset, delta })) : [],
    ...((status === "failed" || status === "rejected") && {
      failure: { reason: transfer.reason, detail: transfer.detail },
    }),
  };
}

function purposeView({ purpose }: KnownTransfer): TransferView["purpose"] {
  if (purpose.type === "user") return { type: "user" };
  const { order, task, step } = purpose;
  return { type: "order", order, task, step };
}

function feeOf(transfer: KnownTransfer): Amount | undefined {
  if (transfer.status === "final") return transfer.fee.amount;
  if (transfer.status === "failed" || transfer.status === "rejected") return zero;
  return isInFlight(transfer) ? mostOf(transfer.transaction.gas, transfer.transaction.fees) : transfer.quote?.fee;
}

function policyOf(transfer: KnownTransfer): TransferView["policy"] {
  if (transfer.policy) return judgementView(transfer.policy);
  if (transfer.purpose.type === "user") return { verdict: "allowed", rule: "address-of-registration" };
  const rule = "play-definition";
  if ("transaction" in transfer) return { verdict: "allowed", rule };
  const refused = transfer.status === "failed" && guardRefusals.some((refusal) => refusal === transfer.reason);
  return { verdict: refused ? "refused" : "pending", rule };
}

export type PolicyView = {
  readonly verdict: "allowed" | "needs-approvals" | "refused" | "pending";
  /** The first of them; `no-rule` where none allows it. */
  readonly rule: string;
  readonly rules?: string[];
  readonly version?: number;
  readonly words?: string;
};

export function judgementView({ verdict, rules, version, words }: Judgement): PolicyView {
  return { verdict, rule: rules[0] ?? "no-rule", rules: [...rules], version, words };
}

/** What would come of a transfer, were it asked for now. */
export type SimulationView = {
  readonly digest: string;
  readonly decoded: DecodedCall;
  readonly fee: { readonly asset: AssetId; readonly amount: Amount };
  readonly outcome: "success" | "reverted";
  readonly reason: string;
  readonly effects: Effect[];
  readonly policy: PolicyView;
};
