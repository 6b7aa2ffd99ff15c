import { id } from "ethers/hash";
import { amount, largestAmount, type NetworkId } from "../../domains/shared/mod.ts";
import type { Simulation } from "../../domains/wallet/mod.ts";
import { addressIn, amountAt, wordAt } from "./_hex.ts";
import { assetOf, type RawLog } from "./_logs.ts";

/** ERC-20 and, with the token id as a fourth topic, ERC-721. */
const approvalTopic = id("Approval(address,address,uint256)");
/** ERC-721 and ERC-1155: all of a collection. */
const approvalForAllTopic = id("ApprovalForAll(address,address,bool)");
/** Permit2, which hands on what it was allowed: owner, token, spender. */
const permit2Topics = [
  id("Approval(address,address,address,uint160,uint48)"),
  id("Permit(address,address,address,uint160,uint48,uint48)"),
];

/** The allowances that these logs say an owner gives. An approval taken back from everyone gives none. */
export function allowancesBy(owner: string, logs: readonly RawLog[], network: NetworkId): Simulation["allowances"] {
  return logs.flatMap(({ address, topics, data }) => {
    const [topic = "", first = "", second = "", third = ""] = topics;
    if (topics.length < 3 || addressIn(first) !== owner) return [];
    const [contract, spender] = [addressIn(address), addressIn(second)];
    if (topic === approvalTopic && topics.length === 3) {
      return [{ asset: assetOf(network, "erc20", contract), spender, amount: amountAt(data, 0) }];
    }
    if (topic === approvalTopic) {
      const asset = assetOf(network, "erc721", `${contract}/${BigInt(third)}`);
      return BigInt(second) === 0n ? [] : [{ asset, spender, amount: amount("1") }];
    }
    if (topic === approvalForAllTopic) {
      const asset = assetOf(network, "erc721", contract);
      return wordAt(data, 0) === 0n ? [] : [{ asset, spender, amount: largestAmount }];
    }
    if (!permit2Topics.includes(topic) || topics.length !== 4) return [];
    const asset = assetOf(network, "erc20", spender);
    return [{ asset, spender: addressIn(third), amount: amountAt(data, 0) }];
  });
}
