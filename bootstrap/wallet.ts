import { createKeys } from "../adapters/custody/mod.ts";
import { createAbiCodec } from "../adapters/evm/mod.ts";
import { networkRoutes, transferRoutes, walletRoutes } from "../adapters/http/mod.ts";
import { claimKind, playVersionKind } from "../domains/play/mod.ts";
import { amount, type NetworkId } from "../domains/shared/mod.ts";
import { taskKind } from "../domains/task/mod.ts";
import { userKind } from "../domains/user/mod.ts";
import {
  createAssetService,
  createPlanning,
  createSender,
  createTransferService,
  createWalletService,
  type EvmChain,
  type Network,
  startWatching,
  walletReactions,
} from "../domains/wallet/mod.ts";
import { type PriceOf, type ReadContract, reactor, type Vault, type VerifyProof } from "../ports/mod.ts";
import { type Host, openService } from "./host.ts";
import { persistence } from "./persistence.ts";
import type { Routes } from "./serve.ts";
import { openPolicy } from "./wallet_policy.ts";
import { openWalletStores } from "./wallet_stores.ts";
import { keepWalletsAhead } from "./wallets_ahead.ts";

type Options = {
  readonly vault: Vault;
  readonly networks: readonly Network[];
  readonly chains: ReadonlyMap<NetworkId, EvmChain>;
  readonly readContract: ReadContract;
  readonly priceOf: PriceOf;
  readonly verifyProof: VerifyProof;
  /** Seconds until a new destination counts. */
  readonly destinationDelay: number;
};

/** What an order holds for the fees of each of its transactions: 400,000 gas at today's price, half as much again. */
const fees = { gasPerTransaction: amount("400000"), marginBasisPoints: 15_000 };

/** Wires the wallet service. Its chains are followed, and its transfers carried on. */
export function startWallet(host: Host, options: Options) {
  const { vault, networks, chains, readContract, priceOf } = options;
  const { clock, newId, deriveId, digest, log, running } = host;
  const footing = openService("wallet", host);
  const { kinds, listed, watched, seeds, cursors, signedBytes } = openWalletStores(footing);
  const codec = createAbiCodec();
  const keys = createKeys({ vault, seeds, networks });
  const ahead = keepWalletsAhead(footing, { keys, networks, newId });
  const assets = createAssetService({ assets: listed, networks, codec });
  const planning = createPlanning({ chains, codec, read: readContract, assets, priceOf, clock, digest });
  const policy = openPolicy(footing, host, { ...options, ...kinds, codec });
  const { judging, platform } = policy;
  const persist = persistence(log);
  const sender = createSender({
    ...{ ...kinds, signedBytes, planning, judging, platform, chains, keys, assets, log, persist },
  });
  const { kick } = sender;
  const wallets = createWalletService({
    ...{ ...kinds, cursors, assets, watched, chains, ahead, fees, kick, read: readContract },
  });
  const transfers = createTransferService({ ...kinds, judging, platform, assets, planning, codec, fees, clock, kick });
  const reactions = walletReactions({ ...wallets, ...transfers });
  footing.react(
    reactor(userKind, reactions.user),
    reactor(playVersionKind, reactions.play_version),
    reactor(claimKind, reactions.claim),
    reactor(taskKind, reactions.task),
  );
  running.use(sender);
  running.use(
    startWatching({
      ...{ ...kinds, cursors, assets, watched, chains, deriveId, persist, onHead: sender.headMoved },
      myTurn: footing.turn("follow chains"),
    }),
  );
  // A request that came to a process that has ended since is found by another.
  footing.every(2_000, "carry transfers on", sender.resume);
  const policyRoutes = policy.routesOf({ ...kinds, kick });
  const routes: Routes = (guards) => [
    walletRoutes(wallets, guards),
    transferRoutes(transfers, guards),
    networkRoutes(assets, guards),
    ...policyRoutes(guards),
  ];
  const stores = [...Object.values(kinds), listed, ...policy.stores];
  return { wallets, transfers, assets, footing, kinds, stores, routes };
}
