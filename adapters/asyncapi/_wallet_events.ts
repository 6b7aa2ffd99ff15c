import { t } from "elysia";
import {
  assetKind,
  depositKind,
  nonceKind,
  playTermsKind,
  registrationKind,
  walletKind,
} from "../../domains/wallet/mod.ts";
import {
  account,
  address,
  amount,
  asset,
  assetAmount,
  choice,
  closed,
  delta,
  digest,
  hash,
  id,
  instant,
  network,
  partly,
  reason,
  text,
  userId,
  whole,
} from "./_parts.ts";
import { contracts, declaredAssets } from "./_plays.ts";
import { eventsOf } from "./_table.ts";
import { block, intent } from "./_transfers.ts";

const assetFacts = { asset, network, symbol: text("USDC"), decimals: whole(6), name: text("USD Coin"), by: userId };
const arrived = { user: userId, wallet: id, account, network, asset, amount, hash, block, at: instant };
const label = text("Savings");
const purpose = t.Union(
  [
    closed({ type: t.Literal("order"), order: id }),
    closed({ type: t.Literal("transfer"), transfer: id }),
    closed({ type: t.Literal("position"), position: id }),
  ],
  { title: "HoldPurpose" },
);
const hold = { user: userId, hold: id, purpose };
const share = t.Optional(closed({ position: id, assets: t.Array(assetAmount) }, "PositionShare"));
const path = text("m/44'/60'/0'/0/0", "From the seed: BIP-32, or SLIP-10 for Solana");
const accounts = t.Array(closed({ account, network, family: choice("evm", "solana", "bitcoin"), address, path }));
const step = partly({ type: text("manual"), intent: t.Optional(intent), compensation: t.Optional(intent) });
const steps = t.Array(step);

export const walletEvents = [
  eventsOf(walletKind, "A wallet: what it finally has, and what of it is held", {
    WalletCreated: { user: userId, label, accounts },
    WalletRenamed: { label },
    WalletFrozen: { user: userId, reason, by: userId },
    WalletUnfrozen: { user: userId, reason, by: userId },
    DepositCredited: { deposit: id, asset, amount },
    DepositDebited: { deposit: id, asset, amount },
    FundsHeld: { ...hold, assets: t.Array(assetAmount), fromPosition: share },
    FundsRefused: {
      ...{ user: userId, order: id, reason },
      shortfalls: t.Array(closed({ asset, needed: amount, available: amount })),
    },
    EffectsApplied: {
      ...{ transfer: id, hold: id, effects: t.Array(closed({ asset, delta, held: delta })), fee: assetAmount },
    },
    HoldReleased: { ...hold, released: t.Array(assetAmount), toPosition: share },
    AllowancesLeft: {
      ...{ user: userId, order: id, account },
      allowances: t.Array(closed({ asset, spender: address, amount })),
    },
  }),
  eventsOf(depositKind, "Something that arrived at a wallet's account from outside", {
    DepositDetected: arrived,
    DepositConfirmed: arrived,
    DepositFinal: arrived,
    DepositReverted: { ...arrived, reason },
  }),
  eventsOf(nonceKind, "The nonces of an EVM account", {
    NonceTaken: { nonce: whole(0), transfer: id, hash },
  }),
  eventsOf(registrationKind, "The account that a user registered with, as the wallet service knows it", {
    AccountRegistered: { account },
  }),
  eventsOf(assetKind, "An asset that is listed", {
    AssetListed: assetFacts,
    AssetChanged: assetFacts,
  }),
  eventsOf(playTermsKind, "What a published version of a play may touch, as the wallet service knows it", {
    TermsPublished: {
      digest,
      definition: partly({
        ...{ asset, network, contracts, spenders: t.Array(address), assets: declaredAssets },
        ...{ slippageBps: whole(50, "Basis points"), enter: steps, adjust: t.Optional(steps), exit: steps },
      }),
    },
  }),
];
