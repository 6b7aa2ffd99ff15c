import type { AssetId, NetworkId } from "../../domains/shared/mod.ts";
import type { NetworkConfig } from "../networks.ts";
import { localNetwork } from "./accounts.ts";

const solanaDevnet = "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1" as NetworkId;
const bitcoinRegtest = "bip122:0f9188f13cb7b2c71f2a335e3a4fc328" as NetworkId;

/** The local chain, and test networks of which only the addresses are known. */
export function developmentNetworks(url: string): readonly NetworkConfig[] {
  return [
    {
      ...{ id: localNetwork, name: "Local chain", family: "evm", rpc: [url] },
      ...{ nativeAsset: `${localNetwork}/slip44:60` as AssetId, symbol: "ETH", decimals: 18, final: "finalized" },
    },
    {
      ...{ id: solanaDevnet, name: "Solana devnet", family: "solana", rpc: [] },
      ...{ nativeAsset: `${solanaDevnet}/slip44:501` as AssetId, symbol: "SOL", decimals: 9, final: "finalized" },
    },
    {
      ...{ id: bitcoinRegtest, name: "Bitcoin regtest", family: "bitcoin", rpc: [] },
      ...{ nativeAsset: `${bitcoinRegtest}/slip44:0` as AssetId, symbol: "BTC", decimals: 8, final: 6 },
    },
  ];
}
