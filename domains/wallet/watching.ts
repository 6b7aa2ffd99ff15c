import type { RecordStore } from "../../ports/mod.ts";
import type { NetworkId } from "../shared/mod.ts";
import { type ArrivingDependencies, createArriving } from "./arriving.ts";
import type { EvmChain } from "./chain.ts";
import { type Cursor, openCursor } from "./cursor.ts";
import { createLanes, type StartPersistence } from "./lanes.ts";

export type FollowingDependencies = ArrivingDependencies & {
  readonly cursors: RecordStore<Cursor>;
  readonly chains: ReadonlyMap<NetworkId, EvmChain>;
};

type OpenedCursor = Awaited<ReturnType<typeof openCursor>>;

/**
 * Follows every chain block by block from where it was left, and takes note of what arrives. A block is handled before the
 * cursor moves past it, and handling it again changes nothing.
 */
export function createFollowing({ cursors, chains, ...arriving }: FollowingDependencies) {
  const { handle, takeBack, review } = createArriving(arriving);

  async function follow(network: NetworkId): Promise<void> {
    const chain = chains.get(network);
    if (!chain) return;
    const cursor = await openCursor(cursors, chain);
    const { latest, final } = await chain.head();
    for (;;) {
      await walkBack(chain, cursor);
      if (await walkOn(chain, cursor, latest.number, final)) break;
    }
    await conclude(chain, cursor, final);
  }

  /** Drops blocks from the tip until it is one that the chain has. */
  async function walkBack(chain: EvmChain, cursor: OpenedCursor): Promise<void> {
    for (let tip = cursor.tip(); tip; tip = cursor.tip()) {
      if ((await chain.block(tip.number))?.hash === tip.hash) return;
      await takeBack(chain.network.id, tip.hash);
      if (cursor.blocks().length === 1) {
        throw new Error(`Cannot follow ${chain.network.id}: a reorg goes deeper than every block that is remembered`);
      }
      await cursor.drop();
    }
  }

  /** Handles block by block up to the head; false where it met a reorg. */
  async function walkOn(chain: EvmChain, cursor: OpenedCursor, upTo: number, final: number): Promise<boolean> {
    for (let tip = cursor.tip(); tip && tip.number < upTo; tip = cursor.tip()) {
      const block = await chain.block(tip.number + 1);
      // The chain grew shorter meanwhile: the next head tells.
      if (!block) return true;
      if (block.parent !== tip.hash) return false;
      await handle(chain, block);
      await cursor.append(block);
      if (block.number % 100 === 0) await conclude(chain, cursor, final);
    }
    return true;
  }

  /** What the blocks so far mean for deposits; what is long final is forgotten. */
  async function conclude(chain: EvmChain, cursor: OpenedCursor, final: number): Promise<void> {
    await review(chain, cursor.blocks(), final);
    await cursor.prune(final);
  }

  return { follow };
}

export type WatchingDependencies = FollowingDependencies & {
  readonly persist: StartPersistence;
  /** Whether it is this process, of several, that follows now. Two that do for a moment do no harm. */
  readonly myTurn: () => Promise<boolean>;
  /** Told of every new head where it does. */
  readonly onHead: (network: NetworkId) => void;
};

/** Follows the chains until disposed: first to where they are now, then at every head. */
export function startWatching({ persist, myTurn, onHead, ...following }: WatchingDependencies): AsyncDisposable {
  const { follow } = createFollowing(following);
  const lanes = createLanes(persist, async (network) => {
    if (!(await myTurn())) return;
    onHead(network as NetworkId);
    await follow(network as NetworkId);
  });
  const watches = [...following.chains].map(([network, chain]) => {
    const tell = () => lanes.kick(network);
    tell();
    return chain.watch(tell);
  });
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(watches.map((watch) => watch[Symbol.asyncDispose]()));
      await lanes[Symbol.asyncDispose]();
    },
  };
}
