/**
 * The register of assets: only what is listed, or native to a network, is taken note of. Anyone can send dust.
 *
 * @module
 */
import type { AggregateKind } from "../../ports/mod.ts";
import { type AssetId, accept, type Decision, type NetworkId, type UserId } from "../shared/mod.ts";

export type AssetFacts = {
  readonly asset: AssetId;
  readonly network: NetworkId;
  readonly symbol: string;
  readonly decimals: number;
  readonly name: string;
};

export type ListedAsset = AssetFacts & { readonly status: "listed" };
export type RegisteredAsset = { readonly status: "absent" } | ListedAsset;

export type AssetEvent =
  | ({ readonly type: "AssetListed"; readonly by: UserId } & AssetFacts)
  | ({ readonly type: "AssetChanged"; readonly by: UserId } & AssetFacts);

/** Lists an asset, or says something else of one that is. */
export function listAsset(registered: RegisteredAsset, facts: AssetFacts, by: UserId): Decision<AssetEvent, never> {
  if (registered.status === "absent") return accept<AssetEvent>({ type: "AssetListed", ...facts, by });
  const { symbol, decimals, name } = registered;
  const same = symbol === facts.symbol && decimals === facts.decimals && name === facts.name;
  return same ? accept() : accept<AssetEvent>({ type: "AssetChanged", ...facts, by });
}

/** Replays a recorded fact. */
export function evolve(_registered: RegisteredAsset, event: AssetEvent): RegisteredAsset {
  const { asset, network, symbol, decimals, name } = event;
  return { status: "listed", asset, network, symbol, decimals, name };
}

export const assetKind: AggregateKind<RegisteredAsset, AssetEvent> = {
  name: "asset",
  initial: { status: "absent" },
  evolve,
  upcasters: [],
  indexes: [["network"]],
};

/** An asset's contract, and the CAIP-19 namespace that tells its standard. A token id after the contract is left out. */
export function contractOf(asset: string): { readonly namespace: string; readonly address: string } | undefined {
  const [, namespace, address] = /^[^/]+\/(erc20|erc721|erc1155):([^/]+)(?:\/|$)/.exec(asset) ?? [];
  return namespace && address ? { namespace, address } : undefined;
}

/** An asset without its token id, in one spelling: EVM addresses are equal in any case. */
export function collectionOf(asset: string): string {
  return asset.split("/").slice(0, 2).join("/").toLowerCase();
}
