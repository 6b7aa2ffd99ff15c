import type { EvmChain, Network } from "../../domains/wallet/mod.ts";
import type { Log } from "../../ports/mod.ts";
import { createRpc, type Rpc } from "./_rpc.ts";
import { createWrapped } from "./_wrapped.ts";
import { createBlocks } from "./blocks.ts";
import { createPlanning } from "./planning.ts";
import { createSending } from "./sending.ts";

/** `urls` are those of its nodes, `http(s)` or `ws(s)`; the first is asked first, the others where one fails. */
export type EvmChainOptions = { readonly network: Network; readonly urls: readonly string[]; readonly log: Log };

/** An EVM chain, and the plain calls of its nodes. Disposing of it closes the connections. */
export type ConnectedChain = EvmChain & AsyncDisposable & { readonly rpc: Rpc };

/** Connects to an EVM chain. Nothing is asked before it is needed; what can't be asked is `ChainUnreachable`. */
export function createEvmChain({ network, urls, log }: EvmChainOptions): ConnectedChain {
  const chainId = BigInt(network.id.replace("eip155:", ""));
  let final = -1;
  const { rpc, close } = createRpc({ urls, chainId, final: () => final, log });
  const wrapped = createWrapped(rpc, network.id);
  const onFinal = (number: number) => {
    final = Math.max(final, number);
  };
  return {
    ...{ network, rpc },
    ...createBlocks({ rpc, network, urls, onFinal }),
    ...createPlanning(rpc, network, wrapped),
    ...createSending(rpc, network, wrapped),
    [Symbol.asyncDispose]: async () => close(),
  };
}
