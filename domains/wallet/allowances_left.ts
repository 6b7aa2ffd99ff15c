import type { AggregateStore, ReadContract } from "../../ports/mod.ts";
import { type AccountId, type AssetId, amount, parseAccount, Unresolvable, zero } from "../shared/mod.ts";
import { contractOf } from "./asset.ts";
import type { PlayDefinition, PlayTerms, PlayTermsEvent } from "./play_terms.ts";
import type { Transfer, TransferEvent } from "./transfer.ts";
import { begun } from "./turns.ts";
import type { AllowanceLeft, Wallet } from "./wallet.ts";

type Dependencies = {
  readonly transfers: AggregateStore<Transfer, TransferEvent>;
  readonly playTerms: AggregateStore<PlayTerms, PlayTermsEvent>;
  readonly read: ReadContract;
};

/** What others may still take from an account once its order is over. */
export type AllowancesLeft = { readonly account: AccountId; readonly allowances: readonly AllowanceLeft[] };

const fragment = "function allowance(address owner, address spender) view returns (uint256 remaining)";
/** As many are told: what is recorded is bounded. */
const mostTold = 100;

/**
 * Reads what the spenders of an order's play may still take of the ERC-20 assets that it declares. It must be asked while the
 * order's hold still keeps other orders from those spenders. Nothing is read for an order of which no transaction was sent.
 * Throws `ChainUnreachable`.
 */
export function createAllowancesLeft({ transfers, playTerms, read }: Dependencies) {
  async function sentFor(order: string) {
    const { items } = await transfers.find({ where: { hold: order, status: begun }, limit: 1 });
    const [sent] = items;
    if (!sent || sent.state.status === "absent") return undefined;
    const { purpose, network, account } = sent.state;
    const address = account && parseAccount(account)?.address;
    if (purpose.type !== "order" || !account || !address) return undefined;
    const { state } = await playTerms.load(`${purpose.play}-${purpose.version}`);
    return state.status === "unknown" ? undefined : { network, account, address, definition: state.definition };
  }

  return async (wallet: Wallet, order: string): Promise<AllowancesLeft | undefined> => {
    if (wallet.status === "absent" || wallet.holds[order]?.purpose.type !== "order") return undefined;
    const sent = await sentFor(order);
    if (!sent) return undefined;
    const { network, account, address, definition } = sent;
    const allowances: AllowanceLeft[] = [];
    for (const { asset, contract } of tokensOf(definition)) {
      const ask = async (spender: string) => {
        const call = { to: contract, function: fragment, arguments: [address, spender], output: "remaining" };
        return { asset, spender, amount: amount(String(await read(network, call).catch(noneWhereUnknown))) };
      };
      const told = await Promise.all(definition.spenders.map(ask));
      allowances.push(...told.filter(({ amount }) => amount !== zero));
    }
    return { account, allowances: allowances.slice(0, mostTold) };
  };
}

function tokensOf({ asset, assets }: PlayDefinition) {
  const all = new Set<AssetId>([asset, ...assets.map((each) => each.asset)]);
  return [...all].flatMap((each) => {
    const contract = contractOf(each);
    return contract?.namespace === "erc20" ? [{ asset: each, contract: contract.address }] : [];
  });
}

/** A contract that answers, but knows no allowances, gives none. */
function noneWhereUnknown(error: unknown): string {
  if (error instanceof Unresolvable) return zero;
  throw error;
}
