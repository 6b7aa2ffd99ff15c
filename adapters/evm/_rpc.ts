import { ChainUnreachable, type Log } from "../../ports/mod.ts";
import { NodeRefused } from "./_answers.ts";
import { createNode, type Node } from "./_node.ts";

/** A JSON-RPC call. Throws `NodeRefused` where the node says no, else `ChainUnreachable` where none answers. */
export type Rpc = <Result>(method: string, ...params: readonly unknown[]) => Promise<Result>;

type Options = {
  readonly urls: readonly string[];
  readonly chainId: bigint;
  /** The number of the newest block known to be final: a node that is below it is not up to date. */
  readonly final: () => number;
  readonly log: Log;
};

/** How long a node is taken for what it was when it was last looked at, in milliseconds. */
const trust = 60_000;

/**
 * The nodes of one chain. The one that answered last is asked first; where it fails, the others are. Before a node is
 * believed it must serve the right chain, and be no further behind than what is final: an older state would read as a reorg.
 */
export function createRpc({ urls, chainId, final, log }: Options): { readonly rpc: Rpc; close(): void } {
  const nodes = urls.map(createNode);
  const vetted = new Map<Node, { readonly at: number; readonly fault: Promise<string | undefined> }>();
  const failing = new Set<Node>();
  let preferred = 0;

  /** Why a node is not to be believed; undefined where it is. */
  async function faultOf(node: Node): Promise<string | undefined> {
    try {
      const asked = ["eth_chainId", "eth_blockNumber"].map((method) => node.ask(method, []));
      const [served, height] = (await Promise.all(asked)).map((hex) => BigInt(hex as string));
      if (served !== chainId) return `it serves chain ${served}`;
      return Number(height) < final() ? `it is at block ${height}, and block ${final()} was final` : undefined;
    } catch (error) {
      return reasonOf(error);
    }
  }

  async function believe(node: Node): Promise<void> {
    const known = vetted.get(node);
    const current = known && Date.now() - known.at < trust ? known : { at: Date.now(), fault: faultOf(node) };
    vetted.set(node, current);
    const fault = await current.fault;
    if (fault !== undefined) throw new Error(fault);
  }

  function failed(node: Node, method: string, reason: string): void {
    // It may come back as another one.
    vetted.delete(node);
    if (failing.has(node)) return;
    failing.add(node);
    log("A node fails", { node: node.name, method, reason });
  }

  function answered(node: Node): void {
    preferred = nodes.indexOf(node);
    if (failing.delete(node)) log("A node answers again", { node: node.name });
  }

  async function rpc<Result>(method: string, ...params: readonly unknown[]): Promise<Result> {
    const reasons: string[] = [];
    for (const node of [...nodes.slice(preferred), ...nodes.slice(0, preferred)]) {
      try {
        await believe(node);
        const result = await node.ask(method, params);
        answered(node);
        return result as Result;
      } catch (error) {
        if (error instanceof NodeRefused) {
          answered(node);
          throw error;
        }
        failed(node, method, reasonOf(error));
        reasons.push(`${node.name}: ${reasonOf(error)}`);
      }
    }
    throw new ChainUnreachable(`Cannot ask chain ${chainId} for ${method}: ${reasons.join("; ") || "it has no nodes"}`);
  }

  function close(): void {
    for (const node of nodes) node.close();
  }

  return { rpc, close };
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 300);
}
