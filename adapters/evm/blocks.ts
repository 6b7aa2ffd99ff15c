import { accountId, type Instant } from "../../domains/shared/mod.ts";
import type { Arrival, Block, Blocks, Network } from "../../domains/wallet/mod.ts";
import type { Log } from "../../ports/mod.ts";
import { NodeRefused } from "./_answers.ts";
import { toHex } from "./_hex.ts";
import { movementsOf, rawLog, transferTopic } from "./_logs.ts";
import { type Accounts, createNativeArrivals } from "./_native_arrivals.ts";
import { count, listOf, orNull, type Reader, recordOf, word } from "./_results.ts";
import type { Rpc } from "./_rpc.ts";

type Options = {
  readonly rpc: Rpc;
  readonly network: Network;
  readonly log: Log;
  /** The newest block known to be final; -1 while there is none. */
  readonly final: () => number;
  /** Told of every block that is known to be final. */
  readonly onFinal: (number: number) => void;
};

const header = recordOf({ number: count, hash: word, parentHash: word, timestamp: count });
const minedLog: Reader<ReturnType<typeof rawLog> & ReturnType<typeof placeOf>> = (answer) => ({
  ...rawLog(answer),
  ...placeOf(answer),
});
const placeOf = recordOf({ logIndex: count, transactionHash: word });

/** How a chain grows, and what arrives in its blocks. */
export function createBlocks({ rpc, network, log, final, onFinal }: Options): Omit<Blocks, "watch"> {
  const nativeArrivals = createNativeArrivals({ rpc, network, log });

  /** The newest block that the chain itself calls final; -1 while there is none. */
  async function finalized(): Promise<number> {
    try {
      return (await rpc(orNull(header), "eth_getBlockByNumber", "finalized", false))?.number ?? -1;
    } catch (error) {
      // Young chains have none yet (Engine API: -39001; "finalized block not found").
      if (error instanceof NodeRefused && (error.code === -39_001 || /not found|unknown block/i.test(error.said)))
        return -1;
      throw error;
    }
  }

  /** A block that was final stays: a node that does not have it is behind, and another one is asked. */
  function upToDate(found: Block | undefined, number: number): void {
    if (number <= final() && !(found && found.number >= number)) {
      throw new Error(`it has no block ${number}, which was final`);
    }
  }

  const latestOf: Reader<Block> = (answer) => {
    const latest = blockOf(header(answer));
    upToDate(latest, final());
    return latest;
  };

  async function tokenArrivals(block: Block, accounts: Accounts): Promise<Arrival[]> {
    const logs = await rpc(listOf(minedLog), "eth_getLogs", { blockHash: block.hash, topics: [transferTopic] });
    return logs.flatMap((log) => {
      const [, from, to] = log.topics;
      const account = accounts.get(`0x${to?.slice(-40).toLowerCase()}`);
      // With a fourth topic it is an ERC-721's. What an account sends to itself does not arrive.
      if (!account || log.topics.length !== 3 || from === to) return [];
      const place = { hash: log.transactionHash, log: log.logIndex };
      return movementsOf(log, network.id).map(({ asset, amount }) => ({ account, asset, amount, ...place }));
    });
  }

  return {
    async head() {
      const [latest, newest] = await Promise.all([
        rpc(latestOf, "eth_getBlockByNumber", "latest", false),
        network.final === "finalized" ? finalized() : undefined,
      ]);
      onFinal(newest ?? latest.number - Number(network.final));
      return { latest, final: final() };
    },

    async block(number) {
      const read: Reader<Block | undefined> = (answer) => {
        const found = orNull(header)(answer);
        const block = found ? blockOf(found) : undefined;
        upToDate(block, number);
        return block;
      };
      return await rpc(read, "eth_getBlockByNumber", toHex(number), false);
    },

    async arrivals(block, addresses) {
      if (addresses.size === 0) return [];
      const accounts = new Map(
        [...addresses].map((address) => [address.toLowerCase(), accountId(network.id, address)] as const),
      );
      return (await Promise.all([nativeArrivals(block, accounts), tokenArrivals(block, accounts)])).flat();
    },
  };
}

function blockOf({ number, hash, parentHash: parent, timestamp }: ReturnType<typeof header>): Block {
  return { number, hash, parent, at: new Date(timestamp * 1000).toISOString() as Instant };
}
