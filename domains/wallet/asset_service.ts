import { type AggregateStore, type Cause, present, transact } from "../../ports/mod.ts";
import { type AssetId, type NetworkId, parseAsset } from "../shared/mod.ts";
import { type AssetEvent, collectionOf, contractOf, listAsset, type RegisteredAsset } from "./asset.ts";
import type { AbiCodec, Network } from "./chain.ts";
import { checksummed } from "./intent.ts";

export type AssetService = ReturnType<typeof createAssetService>;
export type AssetRefusal = "asset-not-supported";

type Dependencies = {
  readonly assets: AggregateStore<RegisteredAsset, AssetEvent>;
  readonly networks: readonly Network[];
  readonly codec: AbiCodec;
};

/** What is known of an asset. */
export type AssetView = {
  readonly asset: AssetId;
  readonly network: NetworkId;
  readonly symbol: string;
  readonly decimals: number;
  readonly name: string;
  readonly native: boolean;
};

/** The register of assets: those native to the networks, and those that were listed. */
export function createAssetService({ assets, networks, codec }: Dependencies) {
  const natives = networks.map(
    ({ nativeAsset: asset, id: network, symbol, decimals, name }): AssetView => ({
      ...{ asset, network, symbol, decimals },
      ...{ name: `${symbol} of ${name}`, native: true },
    }),
  );

  /** The asset as it is spelt here, with checksum; undefined where no network has such assets. */
  function spelt(asset: string): AssetId | undefined {
    const contract = contractOf(asset);
    const network = parseAsset(asset.split("/").slice(0, 2).join("/"))?.network;
    const known = networks.some(({ id, family }) => id === network && family === "evm");
    const address = contract && known ? checksummed(codec, contract.address) : undefined;
    return address === undefined ? undefined : (`${network}/${contract?.namespace}:${address}` as AssetId);
  }

  return {
    networks: () => networks,

    /** Lists a token contract of a configured EVM network, or changes what is said of it. */
    async put(given: string, told: Pick<AssetView, "symbol" | "decimals" | "name">, cause: Cause) {
      const asset = given.split("/").length === 2 ? spelt(given) : undefined;
      const network = asset && parseAsset(asset)?.network;
      if (!asset || !network) return { ok: false, refusal: "asset-not-supported" } as const;
      const facts = { asset, network, ...told };
      await transact(assets, asset, cause, (registered) => listAsset(registered, facts, cause.actor));
      return { ok: true, view: { ...facts, native: false } } as const;
    },

    /** What is known of an asset or of its collection; undefined where it is neither native nor listed. */
    async of(given: string): Promise<AssetView | undefined> {
      const native = natives.find(({ asset }) => asset === given);
      if (native) return native;
      const asset = spelt(given);
      return asset === undefined ? undefined : viewOf((await assets.load(asset)).state);
    },

    /** All that are native to the networks, and a page of those that are listed. */
    async list({ network, after, limit }: { network?: string | undefined; after?: string | undefined; limit: number }) {
      const page = await assets.find({ where: present({ network }), ...(after && { after }), limit });
      const first = after ? [] : natives.filter((native) => network === undefined || native.network === network);
      const items = [...first, ...page.items.flatMap(({ state }) => viewOf(state) ?? [])];
      return { items, ...(page.next !== undefined && { next: page.next }) };
    },
  };
}

function viewOf(registered: RegisteredAsset): AssetView | undefined {
  if (registered.status === "absent") return undefined;
  const { asset, network, symbol, decimals, name } = registered;
  return { asset, network, symbol, decimals, name, native: false };
}

/** Whether assets are the same, or tokens of one collection. */
export function sameCollection(a: string, b: string): boolean {
  return collectionOf(a) === collectionOf(b);
}
