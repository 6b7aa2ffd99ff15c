import type { EvmChain, Network } from "../../domains/wallet/mod.ts";
import type { Log } from "../../ports/mod.ts";
import { createRpc, type Rpc } from "./_rpc.ts";
import { type Timing, usual } from "./_timing.ts";
import { watchHeads } from "./_watch.ts";
import { createWrapped } from "./_wrapped.ts";
import { createBlocks } from "./blocks.ts";
import { createPlanning } from "./planning.ts";
import { createSending } from "./sending.ts";

type EvmChainOptions = {
  readonly network: Network;
  /** Of its nodes, `http(s)` or `ws(s)`; the first is asked first, the others where one fails. */
  readonly urls: readonly string[];
  readonly log: Log;
  readonly timing?: Timing;
};

/** An EVM chain, and the plain calls of its nodes. Disposing of it closes the connections. */
export type ConnectedChain = EvmChain & AsyncDisposable & { readonly rpc: Rpc };

/** Connects to an EVM chain. Nothing is asked before it is needed; what can't be asked is `ChainUnreachable`. */
export function createEvmChain({ network, urls, log, timing = usual }: EvmChainOptions): ConnectedChain {
  const chainId = BigInt(network.id.replace("eip155:", ""));
  let newest = -1;
  const final = () => newest;
  const onFinal = (number: number) => {
    newest = Math.max(newest, number);
  };
  const { rpc, close } = createRpc({ urls, chainId, final, log, timing });
  const wrapped = createWrapped(rpc, network.id);
  return {
    ...{ network, rpc },
    ...createBlocks({ rpc, network, log, final, onFinal }),
    ...createPlanning(rpc, network, wrapped),
    ...createSending(rpc, network, wrapped),
    watch: (tell) => watchHeads({ urls, chainId, rpc, timing, tell }),
    [Symbol.asyncDispose]: async () => close(),
  };
}
