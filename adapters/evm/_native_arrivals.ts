import { type AccountId, amount } from "../../domains/shared/mod.ts";
import type { Arrival, Block, Network } from "../../domains/wallet/mod.ts";
import { ChainUnreachable, type Log } from "../../ports/mod.ts";
import { isLacking, NodeRefused } from "./_answers.ts";
import { balancesAt } from "./_balances.ts";
import { callTracer, frame, nativeMovements } from "./_frames.ts";
import { effectsOn } from "./_logs.ts";
import { address, ifReadable, listOf, maybe, orNull, quantity, recordOf, word } from "./_results.ts";
import type { Rpc } from "./_rpc.ts";

/** Accounts by addresses as nodes spell them: comparing text is cheap, a checksum is a hash. */
export type Accounts = ReadonlyMap<string, AccountId>;

const transaction = recordOf({ hash: word, to: maybe(address), value: quantity });
const blockOf = recordOf({ transactions: listOf(transaction) });
const receiptOf = recordOf({ status: quantity, blockHash: word });
/** Some nodes leave the hashes out. */
const traces = listOf(recordOf({ txHash: maybe(word), result: ifReadable(frame) }));

type Options = { readonly rpc: Rpc; readonly network: Network; readonly log: Log };

/**
 * What came of the native asset in a block: the values of transactions, and what contracts paid. Balances tell whether there
 * is anything of the latter; only then is the block traced.
 */
export function createNativeArrivals({ rpc, network, log }: Options) {
  let isBlind = false;

  /** The values of transactions that did not revert. */
  async function valuesIn(block: Block, sent: readonly ReturnType<typeof transaction>[], accounts: Accounts) {
    const paid = sent.flatMap(({ hash, to, value }) => {
      const account = accounts.get(to?.toLowerCase() ?? "");
      return account && value > 0n ? [arrival(account, value, hash)] : [];
    });
    const receipts = await Promise.all(
      paid.map(({ hash }) => rpc(orNull(receiptOf), "eth_getTransactionReceipt", hash)),
    );
    if (receipts.some((receipt) => receipt?.blockHash !== block.hash)) throw gone(block, network);
    return paid.filter((_, place) => receipts[place]?.status === 1n);
  }

  /** How balances changed in a block; undefined where no node tells (any more). */
  async function changesIn(block: Block, accounts: Accounts): Promise<ReadonlyMap<AccountId, bigint> | undefined> {
    const addresses = [...accounts.keys()];
    const asked = [block.parent, block.hash].map((hash) => balancesAt(rpc, hash, addresses));
    const [before, after] = (await Promise.all(asked).catch(unlessLacking)) ?? [];
    if (!before || !after) return undefined;
    const changes = [...accounts.values()].map(
      (account, place) => [account, (after[place] ?? 0n) - (before[place] ?? 0n)] as const,
    );
    return new Map(changes);
  }

  /** What each transaction brought to some of the accounts, by its calls; undefined where no node traces. */
  async function tracedIn(block: Block, hashes: readonly string[], accounts: readonly AccountId[]) {
    const found = await rpc(ifReadable(traces), "debug_traceBlockByHash", block.hash, callTracer).catch(unlessLacking);
    return found?.flatMap(({ txHash, result }, place) => {
      const hash = txHash ?? hashes[place];
      if (!result || hash === undefined) return [];
      const movements = nativeMovements(result, network.nativeAsset);
      return accounts.flatMap((account) => {
        const [net] = effectsOn(account.slice(network.id.length + 1), network.id, movements);
        return net && BigInt(net.delta) > 0n ? [arrival(account, BigInt(net.delta), hash)] : [];
      });
    });
  }

  function arrival(account: AccountId, value: bigint, hash: string): Arrival {
    return { account, asset: network.nativeAsset, amount: amount(value), hash, log: -1 };
  }

  return async (block: Block, accounts: Accounts): Promise<readonly Arrival[]> => {
    const found = await rpc(orNull(blockOf), "eth_getBlockByHash", block.hash, true);
    if (!found) throw gone(block, network);
    const { transactions } = found;
    if (transactions.length === 0) return [];
    const [values, changes] = await Promise.all([valuesIn(block, transactions, accounts), changesIn(block, accounts)]);
    if (isBlind !== !changes)
      log(
        changes ? "What contracts pay is seen again" : "What contracts pay is not seen: no node tells balances",
        nameOf(block),
      );
    isBlind = !changes;
    if (!changes) return values;
    const differing = [...changes].flatMap(([account, change]) =>
      change === sumFor(account, values) ? [] : [account],
    );
    if (differing.length === 0) return values;
    const hashes = transactions.map(({ hash }) => hash);
    const traced = await tracedIn(block, hashes, differing);
    const all = traced ? [...values.filter(({ account }) => !differing.includes(account)), ...traced] : values;
    // Less is no riddle: it pays fees.
    const unexplained = differing.filter((account) => (changes.get(account) ?? 0n) > sumFor(account, all));
    if (unexplained.length > 0) {
      log("Something native arrived that no transaction explains", { ...nameOf(block), accounts: unexplained });
    }
    return all;
  };

  function nameOf({ number, hash }: Block) {
    return { network: network.id, block: number, hash };
  }
}

export function gone({ number, hash }: Block, { id }: Network): ChainUnreachable {
  return new ChainUnreachable(`Cannot read block ${number} of ${id}: it is not ${hash} any more`);
}

function sumFor(account: AccountId, arrivals: readonly Arrival[]): bigint {
  return arrivals.reduce((sum, each) => (each.account === account ? sum + BigInt(each.amount) : sum), 0n);
}

/** Parameters that a node does not know are something that it lacks, too. */
function unlessLacking(error: unknown): undefined {
  if (!(error instanceof NodeRefused) || !(isLacking(error) || error.code === -32602)) throw error;
}
