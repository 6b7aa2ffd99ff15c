import { id } from "ethers/hash";
import { type Amount, type AssetId, accountId, amount, delta, type NetworkId } from "../../domains/shared/mod.ts";
import type { Effect } from "../../domains/wallet/mod.ts";
import { addressIn, amountAt, wordAt } from "./_hex.ts";
import { address, bytes, listOf, recordOf, word } from "./_results.ts";

/** A log as JSON-RPC gives it. */
export type RawLog = { readonly address: string; readonly topics: readonly string[]; readonly data: string };
export const rawLog = recordOf({ address, topics: listOf(word), data: bytes });

/** Something that went from one address to another. */
export type Movement = {
  readonly from: string;
  readonly to: string;
  readonly asset: AssetId;
  readonly amount: Amount;
};

/** ERC-20 and, with the token id as a fourth topic, ERC-721. */
export const transferTopic = id("Transfer(address,address,uint256)");
const transferSingleTopic = id("TransferSingle(address,address,address,uint256,uint256)");
const transferBatchTopic = id("TransferBatch(address,address,address,uint256[],uint256[])");

/** What a log says that moved, by ERC-20, ERC-721 or ERC-1155; of any other log nothing. */
export function movementsOf({ address, topics, data }: RawLog, network: NetworkId): Movement[] {
  const [topic, first = "", second = "", third = ""] = topics;
  const contract = addressIn(address);
  if (topic === transferTopic && topics.length === 3 && data.length >= 66) {
    const parties = { from: addressIn(first), to: addressIn(second) };
    return [{ ...parties, asset: assetOf(network, "erc20", contract), amount: amountAt(data, 0) }];
  }
  if (topic === transferTopic && topics.length === 4) {
    const parties = { from: addressIn(first), to: addressIn(second) };
    return [{ ...parties, asset: assetOf(network, "erc721", `${contract}/${BigInt(third)}`), amount: amount("1") }];
  }
  if (topics.length !== 4 || (topic !== transferSingleTopic && topic !== transferBatchTopic)) return [];
  const parties = { from: addressIn(second), to: addressIn(third) };
  return pairsIn(topic, data).map(([token, moved]) => ({
    ...{ ...parties, asset: assetOf(network, "erc1155", `${contract}/${token}`), amount: amount(moved) },
  }));
}

/** Token ids and amounts of an ERC-1155 log. */
function pairsIn(topic: string, data: string): (readonly [bigint, bigint])[] {
  if (topic === transferSingleTopic) return [[wordAt(data, 0), wordAt(data, 1)]];
  const [ids, amounts] = [Number(wordAt(data, 0) / 32n), Number(wordAt(data, 1) / 32n)];
  // A length that the data can't hold is no length.
  const length = Math.min(Number(wordAt(data, ids)), data.length / 128);
  return Array.from(
    { length },
    (_, place) => [wordAt(data, ids + 1 + place), wordAt(data, amounts + 1 + place)] as const,
  );
}

const limit = 2n ** 256n;

/** What the movements come to for one address, by asset; nothing where as much came as went. */
export function effectsOn(address: string, network: NetworkId, movements: readonly Movement[]): Effect[] {
  const sums = new Map<AssetId, bigint>();
  for (const { from, to, asset, amount } of movements) {
    const change = (to === address ? BigInt(amount) : 0n) - (from === address ? BigInt(amount) : 0n);
    sums.set(asset, (sums.get(asset) ?? 0n) + change);
  }
  const account = accountId(network, address);
  return (
    [...sums]
      // No balance can change by more than a word holds: such a contract's logs tell of nothing.
      .filter(([, sum]) => sum !== 0n && sum < limit && -sum < limit)
      .map(([asset, sum]) => ({ account, asset, delta: delta(sum) }))
  );
}

export function assetOf(network: NetworkId, namespace: string, reference: string): AssetId {
  return `${network}/${namespace}:${reference}` as AssetId;
}
