import { ChainUnreachable, type Log } from "../../ports/mod.ts";
import { isLacking, NodeRefused } from "./_answers.ts";
import { createNode, type Node } from "./_node.ts";
import { count, quantity, type Reader } from "./_results.ts";
import type { Timing } from "./_timing.ts";

/**
 * A JSON-RPC call, its answer read by `read`. Throws `NodeRefused` where the node says no, else `ChainUnreachable` where none
 * answers, or none in a form that can be read.
 */
export type Rpc = <Result>(read: Reader<Result>, method: string, ...params: readonly unknown[]) => Promise<Result>;

type Options = {
  readonly urls: readonly string[];
  readonly chainId: bigint;
  /** The number of the newest block known to be final: a node that is below it is not up to date. */
  readonly final: () => number;
  readonly log: Log;
  readonly timing: Timing;
};

/** A look at what a node serves; `height` rejects with why the node is not to be believed. */
type Look = { readonly at: number; readonly height: Promise<number> };

/**
 * The nodes of one chain. The one that answered last is asked first; where it fails, the others are. Before a node is
 * believed it must serve the right chain, and be no further behind than what is final: an older state would read as a reorg.
 */
export function createRpc({ urls, chainId, final, log, timing }: Options): { readonly rpc: Rpc; close(): void } {
  const nodes = urls.map((url) => createNode(url, timing));
  const looks = new Map<Node, Look>();
  const failing = new Set<Node>();
  let preferred = 0;
  let isOver = false;

  async function heightOf(node: Node): Promise<number> {
    const [served, height] = await Promise.all([node.ask("eth_chainId", []), node.ask("eth_blockNumber", [])]);
    if (quantity(served) !== chainId) throw new Error(`it serves chain ${quantity(served)}`);
    if (count(height) < final()) throw new Error(`it is at block ${count(height)}, and block ${final()} was final`);
    return count(height);
  }

  async function believe(node: Node): Promise<void> {
    const last = looks.get(node);
    if (last && Date.now() - last.at < timing.trust) {
      // What others made final since then, one that was not asked meanwhile need not have.
      if ((await last.height) >= final() || node === nodes[preferred]) return;
    }
    const look = { at: Date.now(), height: heightOf(node) };
    looks.set(node, look);
    await look.height;
  }

  function failed(node: Node, method: string, reason: string): void {
    // It may come back as another one.
    looks.delete(node);
    if (failing.has(node)) return;
    failing.add(node);
    log("A node fails", { node: node.name, method, reason });
  }

  function answered(node: Node, isPreferred: boolean): void {
    if (isPreferred) preferred = nodes.indexOf(node);
    if (failing.delete(node)) log("A node answers again", { node: node.name });
  }

  async function rpc<Result>(read: Reader<Result>, method: string, ...params: readonly unknown[]): Promise<Result> {
    const about = `Cannot ask chain ${chainId} for ${method}`;
    const reasons: string[] = [];
    // One that is only asked for what others lack does not take their place.
    let lacking: NodeRefused | undefined;
    for (const node of [...nodes.slice(preferred), ...nodes.slice(0, preferred)]) {
      try {
        await believe(node);
        const result = read(await node.ask(method, params));
        answered(node, !lacking);
        return result;
      } catch (error) {
        if (error instanceof NodeRefused) {
          answered(node, !lacking && !isLacking(error));
          if (!isLacking(error)) throw error;
          lacking ??= error;
        } else if (!isOver) {
          const reason = node.quote(error instanceof Error ? error.message : error);
          failed(node, method, reason);
          reasons.push(`${node.name}: ${reason}`);
        }
      }
    }
    if (isOver) throw new ChainUnreachable(`${about}: its connections were closed`);
    throw lacking ?? new ChainUnreachable(`${about}: ${reasons.join("; ") || "it has no nodes"}`);
  }

  function close(): void {
    isOver = true;
    for (const node of nodes) node.close();
  }

  return { rpc, close };
}
