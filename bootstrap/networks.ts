import { type AssetId, isNetworkId } from "../domains/shared/mod.ts";
import type { Family, Network } from "../domains/wallet/mod.ts";

/** A network, and where its nodes are; none: only its addresses are known. */
export type NetworkConfig = Network & { readonly rpc: readonly string[] };

const families: Record<string, Family> = { eip155: "evm", solana: "solana", bip122: "bitcoin" };
/** SLIP-44 coin types of native assets. */
const coins: Record<Family, number> = { evm: 60, solana: 501, bitcoin: 0 };

/** Reads `LUCENT_NETWORKS`; says what is wrong with it. */
export function readNetworks(json: unknown): readonly NetworkConfig[] | string {
  if (!Array.isArray(json) || json.length === 0) return "give a list of networks";
  const networks: NetworkConfig[] = [];
  for (const [index, each] of json.entries()) {
    const network = readNetwork(each ?? {});
    if (typeof network === "string") return `network ${index + 1}: ${network}`;
    if (networks.some(({ id }) => id === network.id)) return `network ${index + 1}: ${network.id} is there twice`;
    networks.push(network);
  }
  return networks;
}

function readNetwork(given: Record<string, unknown>): NetworkConfig | string {
  const { id, name, symbol, decimals, final, rpc = [], ...unknown } = given;
  const [stray] = Object.keys(unknown);
  if (stray) return `there is no field ${stray}`;
  const family = typeof id === "string" && isNetworkId(id) ? families[id.split(":")[0] ?? ""] : undefined;
  if (!family) return 'give "id" as CAIP-2 of eip155, solana or bip122';
  if (typeof name !== "string" || typeof symbol !== "string") return 'give "name" and "symbol" of the native asset';
  if (!Number.isInteger(decimals) || Number(decimals) < 0) return 'give "decimals" of the native asset';
  if (final !== "finalized" && !(Number.isInteger(final) && Number(final) >= 0))
    return 'give "final": "finalized" or a depth';
  const urls =
    Array.isArray(rpc) && rpc.every((url) => /^(https?|wss?):$/.test(URL.parse(String(url))?.protocol ?? ""));
  if (!urls) return 'give "rpc" as a list of URLs';
  const nativeAsset = `${id}/slip44:${coins[family]}` as AssetId;
  return {
    id: id as Network["id"],
    ...{ name, symbol, family, nativeAsset, rpc },
    decimals: Number(decimals),
    final: final as Network["final"],
  };
}
