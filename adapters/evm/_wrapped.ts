import { id } from "ethers/hash";
import type { NetworkId } from "../../domains/shared/mod.ts";
import { NodeRefused } from "./_answers.ts";
import { addressIn, amountAt, toHex, wordAt } from "./_hex.ts";
import { assetOf, type Movement, type RawLog } from "./_logs.ts";
import { bytes } from "./_results.ts";
import { isReverted } from "./_reverts.ts";
import type { Rpc } from "./_rpc.ts";

const depositTopic = id("Deposit(address,uint256)");
const withdrawalTopic = id("Withdrawal(address,uint256)");
const totalSupply = id("totalSupply()").slice(0, 10);
const nobody = addressIn("0".repeat(40));

/** No contract has as much: what answers it reads its own balance. */
const planted = 0x5afe_0000_0000_0000_0000_0001n;
const remembered = 1_000;

/**
 * WETH9 and its many copies mint and burn by `Deposit` and `Withdrawal`, without a `Transfer`. Other contracts have events of
 * that form: a wrapper is known by its supply, which is its balance.
 */
export function createWrapped(rpc: Rpc, network: NetworkId) {
  const wrappers = new Map<string, boolean>();

  async function isWrapper(contract: string): Promise<boolean> {
    const known = wrappers.get(contract);
    if (known !== undefined) return known;
    const found = (await supplyWithPlanted(contract)) === planted;
    if (wrappers.size >= remembered) wrappers.clear();
    wrappers.set(contract, found);
    return found;
  }

  /** The total supply, were the contract's balance what is planted. */
  async function supplyWithPlanted(contract: string): Promise<bigint | undefined> {
    const balances = { [contract]: { balance: toHex(planted) } };
    try {
      const answer = await rpc(bytes, "eth_call", { to: contract, data: totalSupply }, "latest", balances);
      return wordAt(answer, 0);
    } catch (error) {
      if (error instanceof NodeRefused && isReverted(error)) return undefined;
      throw error;
    }
  }

  /** What was wrapped and unwrapped. */
  return async (logs: readonly RawLog[]): Promise<Movement[]> => {
    const movements = logs.map(async ({ address, topics, data }): Promise<Movement[]> => {
      const [topic, first = ""] = topics;
      if (topics.length !== 2 || (topic !== depositTopic && topic !== withdrawalTopic)) return [];
      if (!(await isWrapper(address))) return [];
      const [from, to] = topic === depositTopic ? [nobody, addressIn(first)] : [addressIn(first), nobody];
      const asset = assetOf(network, "erc20", addressIn(address));
      return [{ from, to, asset, amount: amountAt(data, 0) }];
    });
    return (await Promise.all(movements)).flat();
  };
}
