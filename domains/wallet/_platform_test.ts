import type { Database } from "bun:sqlite";
import { createStores, openDatabase } from "../../adapters/sqlite/mod.ts";
import type { Cause, PriceOf, ReadContract, RecordStore } from "../../ports/mod.ts";
import { type AccountId, type Amount, type AssetId, amount, type Instant, type UserId } from "../shared/mod.ts";
import { codec } from "./_abi_test.ts";
import {
  createFakeChain,
  evm,
  type FakeChain,
  fakeKeys,
  native,
  shares,
  usd,
  usdContract,
  vaultContract,
} from "./_chain_test.ts";
import type { EvmChain, Keys } from "./chain.ts";
import type { Cursor } from "./cursor.ts";
import * as wallet from "./mod.ts";
import type { PlayDefinition } from "./play_terms.ts";
import { createFollowing } from "./watching.ts";

export const user = "019aaf3e-8a52-7cc2-9d14-000000000001" as UserId;
export const cause: Cause = { actor: user, correlation: "c1" };
export const viewer = { user, any: false };
export const registered = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

/** Runs once; what fails is left to the test. */
const once: wallet.StartPersistence = () => ({ until: (_what, work) => work(), stop() {} });

export type World = {
  readonly database: Database;
  readonly fake: FakeChain;
  readonly cursors?: RecordStore<Cursor>;
  readonly read?: ReadContract;
  readonly priceOf?: PriceOf;
};
type Wrap = <Port extends object>(port: Port) => Port;

export function createWorld(): World {
  return { database: openDatabase(":memory:"), fake: createFakeChain() };
}

/** A process of the wallet service in a world that outlives it; `wrap` comes between it and every port. */
export function startPlatform({ database, fake, ...given }: World, wrap: Wrap = (port) => port) {
  const clock = () => new Date().toISOString() as Instant;
  const stores = createStores(database, clock);
  const deriveId = (...parts: readonly string[]) => Bun.SHA256.hash(parts.join("\n"), "hex").slice(0, 32);
  const digest = (value: unknown) => Bun.SHA256.hash(JSON.stringify(value), "hex");
  const wallets = wrap(stores.open(wallet.walletKind));
  const transfers = wrap(stores.open(wallet.transferKind));
  const deposits = wrap(stores.open(wallet.depositKind));
  const nonces = wrap(stores.open(wallet.nonceKind));
  const registrations = wrap(stores.open(wallet.registrationKind));
  const playTerms = wrap(stores.open(wallet.playTermsKind));
  const cursors = wrap(given.cursors ?? stores.records(wallet.cursorKind));
  const signedBytes = wrap(stores.records(wallet.signedBytesKind));
  const keys: Keys = wrap(fakeKeys);
  const policyInForce = wrap(stores.open(wallet.policyInForceKind));
  const destinations = wrap(stores.open(wallet.destinationsKind));
  const volumes = wrap(stores.open(wallet.volumeKind));
  const judged = { registrations, codec, clock, policyInForce, destinations, volumes };
  const judging = wallet.createJudging(judged);
  const platform = wrap(stores.open(wallet.platformFreezeKind));
  const chain: EvmChain = wrap(fake.chain);
  const chains = new Map([[evm.id, chain]]);
  const fees = { gasPerTransaction: amount("100000"), marginBasisPoints: 15_000 };
  const assets = wallet.createAssetService({ assets: wrap(stores.open(wallet.assetKind)), networks: [evm], codec });
  const watched = wallet.createWatched({
    wallets,
    watchedWallets: wrap(stores.records(wallet.watchedWalletKind)),
    watchEpochs: wrap(stores.records(wallet.watchEpochKind)),
  });
  const read = given.read ?? (async () => "0");
  const priceOf = given.priceOf ?? (async () => undefined);
  const planning = wallet.createPlanning({ chains, codec, read, assets, priceOf, clock, digest });
  const sender = wallet.createSender({
    ...{ wallets, transfers, nonces, judging, platform, playTerms, signedBytes, planning, chains, keys, assets },
    ...{ log: () => {}, persist: once },
  });
  const ahead = wallet.createWalletsAhead({
    ...{ ahead: wrap(stores.records(wallet.walletAheadKind)), keys, networks: [evm.id], size: 3 },
    ...{ newId: () => Bun.randomUUIDv7(), giveWay: async () => {} },
  });
  const walletService = wallet.createWalletService({
    ...{
      wallets,
      deposits,
      registrations,
      playTerms,
      cursors,
      assets,
      watched,
      chains,
      ahead,
      fees,
      kick: sender.kick,
    },
    ...{ transfers, read },
  });
  const transferService = wallet.createTransferService({
    ...{ wallets, transfers, judging, platform, assets, planning, codec, fees, clock, kick: sender.kick },
  });
  const freezes = wallet.createFreezeService({ wallets, platform, clock, kick: sender.kick });
  const followed = { wallets, deposits, transfers, cursors, assets, watched, chains, deriveId };
  const following = createFollowing(followed);
  const reactions = wallet.walletReactions({ ...walletService, ...transferService });

  return {
    ...{ walletService, transferService, assets, sender, watched, reactions, stores },
    ...{
      wallets,
      transfers,
      deposits,
      nonces,
      chains,
      judging,
      judged,
      destinations,
      freezes,
      policyInForce,
      planning,
      ahead,
      followed,
    },
    /** Does what a new head makes the service do, and waits until it is done. */
    async head(): Promise<void> {
      await following.follow(evm.id);
      sender.headMoved(evm.id);
      await sender.idle();
    },
  };
}

export type Platform = ReturnType<typeof startPlatform>;

/** A user who registered, and a wallet of theirs with money in it that is final. */
export async function fundedWallet(platform: Platform, { fake }: World, coins: bigint, dollars: bigint) {
  await platform.walletService.noteRegistration(user, `eip155:1:${registered}` as AccountId, keyed("registered"));
  await platform.assets.put(usd, { symbol: "USD", decimals: 18, name: "Dollar" }, cause);
  const made = await platform.walletService.create("Main", cause);
  if (!made.ok) throw new Error(made.refusal);
  const { id, accounts } = made.view;
  const address = accounts[0]?.address ?? "";
  fake.fund(address, native, coins);
  fake.fund(address, usd, dollars);
  fake.mine(4);
  await platform.head();
  return { id, address };
}

export function keyed(key: string): Cause {
  return { ...cause, key };
}

export async function balanceOf(platform: Platform, id: string, asset: AssetId) {
  const found = await platform.walletService.balances(id, viewer);
  if (!found.ok) throw new Error(found.refusal);
  const { final, pending, held, available } = found.items.find((each) => each.asset === asset) ?? {};
  return { final, pending, held, available };
}

export const approve = "function approve(address spender, uint256 amount) returns (bool)";
export const deposit = "function deposit(uint256 assets, address receiver) returns (uint256)";

/** A play that puts dollars into a vault. */
export const definition: PlayDefinition = {
  ...{ asset: usd, network: evm.id, spenders: [vaultContract], assets: [{ asset: shares, accrual: "none" }] },
  slippageBps: 50,
  contracts: [
    { address: usdContract, functions: [approve] },
    { address: vaultContract, functions: [deposit] },
  ],
  enter: [
    {
      type: "transaction",
      intent: {
        type: "call",
        to: usdContract,
        function: approve,
        arguments: [vaultContract, { from: "order.amount" }],
      },
    },
    {
      type: "transaction",
      intent: {
        ...{ type: "call", to: vaultContract, function: deposit },
        arguments: [{ from: "order.amount" }, { from: "wallet.address" }],
      },
    },
  ],
  exit: [],
};

export const play = { play: "p1", version: 1, digest: "d1" };

export function claimOf(order: string, walletId: string, wanted: Amount) {
  const { asset, network } = definition;
  return { ...play, order, user, wallet: walletId, action: "enter", amount: wanted, asset, network } as const;
}

export function scopeOf(wanted: Amount) {
  return { order: { amount: wanted }, parameters: {}, position: { assets: [], tokens: [] }, steps: {} };
}
