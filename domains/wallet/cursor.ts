/**
 * How far a chain has been followed: the newest blocks that were handled, so that a reorg is seen by their hashes.
 *
 * @module
 */
import { Contention, type RecordKind, type RecordStore } from "../../ports/mod.ts";
import type { Instant, NetworkId } from "../shared/mod.ts";
import type { Block, EvmChain } from "./chain.ts";
import type { BlockRef } from "./deposit.ts";

export type HandledBlock = BlockRef & { readonly at: Instant };

/** `blocks` are in order, without gaps; the last is the newest one handled. */
export type Cursor = { readonly blocks: readonly HandledBlock[] };

/** A network's; its id is the network's. */
export const cursorKind: RecordKind<Cursor> = { name: "chain_cursor", indexes: [] };

/** How many blocks below the newest final one are kept, should a final one ever go. */
const kept = 64;

/**
 * Where a chain is followed from. The first to ask fixes it at the newest block: before the first wallet's addresses are
 * told, so that nothing which arrives at them lies below.
 */
export async function beginCursor(cursors: RecordStore<Cursor>, chain: EvmChain): Promise<void> {
  if (await cursors.get(chain.network.id)) return;
  const { latest } = await chain.head();
  // "conflict": someone else has just begun.
  await cursors.put(chain.network.id, { blocks: [handled(latest)] }, 0);
}

/** The cursor of one who moves it; a second one who does is told off. */
export async function openCursor(cursors: RecordStore<Cursor>, chain: EvmChain) {
  await beginCursor(cursors, chain);
  const stored = await cursors.get(chain.network.id);
  let { revision, value } = stored ?? { revision: 0, value: { blocks: [] } };

  async function save(blocks: readonly HandledBlock[]): Promise<void> {
    if ((await cursors.put(chain.network.id, { blocks }, revision)) === "conflict") {
      throw new Contention(`Cannot move the cursor of ${chain.network.id}: someone else does`);
    }
    [revision, value] = [revision + 1, { blocks }];
  }

  return {
    blocks: () => value.blocks,
    tip: () => value.blocks.at(-1),
    append: (block: Block) => save([...value.blocks, handled(block)]),
    drop: () => save(value.blocks.slice(0, -1)),
    /** Lets go of what is long final. */
    async prune(final: number): Promise<void> {
      const blocks = value.blocks.filter(({ number }, place, all) => number > final - kept || place === all.length - 1);
      if (blocks.length < value.blocks.length) await save(blocks);
    },
  };
}

function handled({ number, hash, at }: Block): HandledBlock {
  return { number, hash, at };
}

/** The time of the newest block handled; undefined where the chain was never followed. */
export async function followedUntil(cursors: RecordStore<Cursor>, network: NetworkId): Promise<Instant | undefined> {
  return (await cursors.get(network))?.value.blocks.at(-1)?.at;
}
