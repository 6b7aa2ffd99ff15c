import { type AssetId, amount, type Decision, delta, type UserId } from "../shared/mod.ts";
import { evolve, type OpenWallet, type Wallet, type WalletEvent, walletKind } from "./wallet.ts";

export const user = "u1" as UserId;
export const [usd, eth, lp] = ["n/erc20:usd", "n/slip44:60", "n/erc20:lp"] as [AssetId, AssetId, AssetId];
const created: WalletEvent = { type: "WalletCreated", user, label: "Main", accounts: [] };
export const credited = (asset: AssetId, size: string): WalletEvent => ({
  ...{ type: "DepositCredited", deposit: "d1", asset, amount: amount(size) },
});
export const given = (...events: WalletEvent[]) =>
  [created, ...events].reduce(evolve, walletKind.initial) as OpenWallet;
export const of = (asset: AssetId, size: string) => ({ asset, amount: amount(size) });
export const changes = (asset: AssetId, size: string) => ({ asset, delta: delta(size) });
export const eventsOf = (decision: Decision<WalletEvent, never>) => (decision.ok ? decision.events : []);
export const after = (wallet: Wallet, decision: Decision<WalletEvent, never>) =>
  eventsOf(decision).reduce(evolve, wallet) as OpenWallet;
export const order = (id: string) => ({ order: id, user });
export const fee = of(eth, "0");
