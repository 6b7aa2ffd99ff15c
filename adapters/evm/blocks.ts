import { type AccountId, accountId, type Instant } from "../../domains/shared/mod.ts";
import type { Arrival, Block, Blocks, Network } from "../../domains/wallet/mod.ts";
import { ChainUnreachable } from "../../ports/mod.ts";
import { NodeRefused } from "./_answers.ts";
import { quantity, toHex } from "./_hex.ts";
import { movementsOf, type RawLog, transferTopic } from "./_logs.ts";
import type { Rpc } from "./_rpc.ts";
import { watchHeads } from "./_watch.ts";

type RawTransaction = { readonly hash: string; readonly to: string | null; readonly value: string };
type RawBlock = {
  readonly number: string;
  readonly hash: string;
  readonly parentHash: string;
  readonly timestamp: string;
};
type MinedLog = RawLog & { readonly logIndex: string; readonly transactionHash: string };
type RawReceipt = { readonly status: string; readonly blockHash: string };

type Options = {
  readonly rpc: Rpc;
  readonly network: Network;
  readonly urls: readonly string[];
  /** Told of every block that is known to be final. */
  readonly onFinal: (number: number) => void;
};

/** How a chain grows, and what arrives in its blocks. */
export function createBlocks({ rpc, network, urls, onFinal }: Options): Blocks {
  /** The newest block that the chain itself calls final; -1 while there is none. */
  async function finalized(): Promise<number> {
    try {
      const final = await rpc<RawBlock | null>("eth_getBlockByNumber", "finalized", false);
      return final ? Number(final.number) : -1;
    } catch (error) {
      // Young chains have none yet (Engine API: -39001; "finalized block not found").
      if (error instanceof NodeRefused && (error.code === -39_001 || /not found|unknown block/i.test(error.said)))
        return -1;
      throw error;
    }
  }

  /** What transactions paid to these accounts and did not revert. */
  async function nativeArrivals(block: Block, accounts: Accounts): Promise<Arrival[]> {
    const found = await rpc<{ readonly transactions: readonly RawTransaction[] } | null>(
      "eth_getBlockByHash",
      block.hash,
      true,
    );
    if (!found) throw gone(block, network);
    const paid = found.transactions.flatMap(({ hash, to, value }) => {
      const account = accounts.get(to?.toLowerCase() ?? "");
      return account && BigInt(value) > 0n ? [{ account, amount: quantity(value), hash }] : [];
    });
    const asked = paid.map(({ hash }) => rpc<RawReceipt | null>("eth_getTransactionReceipt", hash));
    const receipts = await Promise.all(asked);
    if (receipts.some((receipt) => receipt?.blockHash !== block.hash)) throw gone(block, network);
    return paid
      .filter((_, place) => receipts[place]?.status === "0x1")
      .map((arrived) => ({ ...arrived, asset: network.nativeAsset, log: -1 }));
  }

  async function tokenArrivals(block: Block, accounts: Accounts): Promise<Arrival[]> {
    const logs = await rpc<readonly MinedLog[]>("eth_getLogs", { blockHash: block.hash, topics: [transferTopic] });
    return logs.flatMap((log) => {
      const account = accounts.get(`0x${log.topics[2]?.slice(-40).toLowerCase()}`);
      // With a fourth topic it is an ERC-721's.
      if (!account || log.topics.length !== 3) return [];
      const place = { hash: log.transactionHash, log: Number(log.logIndex) };
      return movementsOf(log, network.id).map(({ asset, amount }) => ({ account, asset, amount, ...place }));
    });
  }

  return {
    async head() {
      const [raw, final] = await Promise.all([
        rpc<RawBlock>("eth_getBlockByNumber", "latest", false),
        network.final === "finalized" ? finalized() : undefined,
      ]);
      const latest = blockOf(raw);
      const newest = final ?? Math.max(latest.number - Number(network.final), -1);
      onFinal(newest);
      return { latest, final: newest };
    },

    async block(number) {
      const found = await rpc<RawBlock | null>("eth_getBlockByNumber", toHex(number), false);
      return found ? blockOf(found) : undefined;
    },

    async arrivals(block, addresses) {
      if (addresses.size === 0) return [];
      const accounts = accountsByAddress(network, addresses);
      return (await Promise.all([nativeArrivals(block, accounts), tokenArrivals(block, accounts)])).flat();
    },

    watch: (tell) => watchHeads(urls, rpc, tell),
  };
}

type Accounts = ReadonlyMap<string, AccountId>;

/** By addresses as nodes spell them: comparing text is cheap, a checksum is a hash. */
function accountsByAddress(network: Network, addresses: ReadonlySet<string>): Accounts {
  return new Map([...addresses].map((address) => [address.toLowerCase(), accountId(network.id, address)]));
}

function gone({ number, hash }: Block, { id }: Network): ChainUnreachable {
  return new ChainUnreachable(`Cannot read block ${number} of ${id}: it is not ${hash} any more`);
}

function blockOf({ number, hash, parentHash: parent, timestamp }: RawBlock): Block {
  const at = new Date(Number(timestamp) * 1000).toISOString() as Instant;
  return { number: Number(number), hash, parent, at };
}
