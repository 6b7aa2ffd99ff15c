import type { Brand } from "./brand.ts";

/** A chain, by CAIP-2: `eip155:1`. */
export type NetworkId = Brand<"NetworkId">;

/** An account on a chain, by CAIP-10: `eip155:1:0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb`. */
export type AccountId = Brand<"AccountId">;

/** An asset on a chain, by CAIP-19: `eip155:1/slip44:60`, `eip155:1/erc20:0xA0b8…`. EVM references keep their checksum. */
export type AssetId = Brand<"AssetId">;

const network = "[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}";
const networkPattern = new RegExp(`^${network}$`);
const accountPattern = new RegExp(`^(${network}):([-.%a-zA-Z0-9]{1,128})$`);
const assetPattern = new RegExp(`^(${network})/([-a-z0-9]{3,8}):([-.%a-zA-Z0-9]{1,128})$`);

export function isNetworkId(text: string): text is NetworkId {
  return networkPattern.test(text);
}

/** The chain and address of an account; undefined where the text is not CAIP-10. */
export function parseAccount(text: string): { readonly network: NetworkId; readonly address: string } | undefined {
  const [, network, address] = accountPattern.exec(text) ?? [];
  return network && address ? { network: network as NetworkId, address } : undefined;
}

export type ParsedAsset = { readonly network: NetworkId; readonly namespace: string; readonly reference: string };

/** The parts of an asset; undefined where the text is not CAIP-19. */
export function parseAsset(text: string): ParsedAsset | undefined {
  const [, network, namespace, reference] = assetPattern.exec(text) ?? [];
  return network && namespace && reference ? { network: network as NetworkId, namespace, reference } : undefined;
}

export function accountId(network: NetworkId, address: string): AccountId {
  return `${network}:${address}` as AccountId;
}
