import type { Clock, Digest, PriceOf, ReadContract } from "../../ports/mod.ts";
import { type Amount, type AssetId, amount, type NetworkId, type ValueRefusal } from "../shared/mod.ts";
import type { AssetService } from "./asset_service.ts";
import type { AbiCodec, Account, Call, EvmChain, Fees, Simulation } from "./chain.ts";
import { type GuardRefusal, guardCall, guardOutcome, termsOf } from "./guard.ts";
import { callOf, type Intent, type Refusing, refusing, resolveIntent } from "./intent.ts";
import type { PolicyRefusal } from "./judging.ts";
import { guardLoss, movedBy, type Quoted } from "./loss.ts";
import type { PlayTerms } from "./play_terms.ts";
import { factsFrom, type Scope } from "./scope.ts";
import { ofAsset } from "./sums.ts";
import type { OrderPurpose, Priority, Quote } from "./transfer.ts";
import type { Hold, OpenWallet } from "./wallet.ts";

export type Planning = ReturnType<typeof createPlanning>;

export type PlanRefusal =
  | "network-not-served"
  | "intent-malformed"
  | "simulation-reverted"
  | "fee-above-hold"
  | "hold-not-found"
  | ValueRefusal
  | GuardRefusal
  | PolicyRefusal;

/** What would be signed, but for the nonce. */
export type Plan = {
  readonly ok: true;
  readonly account: Account;
  readonly call: Call;
  readonly gas: Amount;
  readonly fees: Fees;
  readonly simulation: Simulation;
};

type Planned = Plan | Refusing<PlanRefusal>;

type Dependencies = {
  readonly chains: ReadonlyMap<NetworkId, EvmChain>;
  readonly codec: AbiCodec;
  readonly read: ReadContract;
  readonly assets: Pick<AssetService, "of">;
  readonly priceOf: PriceOf;
  readonly clock: Clock;
  readonly digest: Digest;
};

type Asked = { readonly network: NetworkId; readonly intent: Intent; readonly scope?: Scope };

/** Losses are told in it. */
const currency = "USD";

/** Turns intents into calls that may be signed, or says why they may not. */
export function createPlanning({ chains, codec, read, assets, priceOf, clock, digest }: Dependencies) {
  /** The chain, and the wallet's account on it. */
  function placeOf(wallet: OpenWallet, network: NetworkId) {
    const chain = chains.get(network);
    const account = wallet.accounts.find((each) => each.network === network);
    if (!chain || !account) return refusing("network-not-served", "The wallet can't send on the network");
    return { ok: true, chain, account } as const;
  }

  /** Resolves and encodes. */
  async function encode({ network, intent, scope }: Asked, wallet: OpenWallet) {
    const place = placeOf(wallet, network);
    if (!place.ok) return place;
    const facts = factsFrom(scope, place.account.address, clock(), (call) => read(network, call));
    const resolved = await resolveIntent(intent, facts);
    if (!resolved.ok) return resolved;
    const encoded = callOf(resolved.intent, place.chain.network, codec);
    return encoded.ok ? { ...place, call: encoded.call } : encoded;
  }

  /** Simulates, and asks what it costs at most. */
  async function estimate(chain: EvmChain, from: string, call: Call, priority: Priority) {
    const [simulation, fees] = await Promise.all([chain.simulate(from, call), chain.fees(priority)]);
    return { simulation, fees, fee: mostOf(simulation.gas, fees) };
  }

  /** Plans a transaction of a play: only what its terms declare, and only with what its order holds. */
  async function planOrder(
    asked: Asked & { readonly priority: Priority },
    purpose: OrderPurpose,
    wallet: OpenWallet,
    hold: Hold | undefined,
    terms: PlayTerms,
  ): Promise<Planned> {
    const known = termsOf(terms, purpose.digest);
    if (!known.ok) return known;
    if (!hold) return refusing("hold-not-found", "Nothing is held for the order");
    const encoded = await encode(asked, wallet);
    if (!encoded.ok) return encoded;
    const { chain, account, call } = encoded;
    const { definition } = known;
    const guarded = {
      ...{ definition, network: chain.network, own: account.address, intent: asked.intent },
      ...{ call, hold: hold.assets, codec },
    };
    const declared = guardCall(guarded);
    if (!declared.ok) return declared;
    const { simulation, fees, fee } = await estimate(chain, account.address, call, asked.priority);
    if (simulation.outcome === "reverted") return refusing("simulation-reverted", simulation.reason);
    const harmless = guardOutcome(guarded, simulation, fee);
    if (!harmless.ok) return harmless;
    const moved = movedBy(definition, chain.network, simulation);
    const fair = guardLoss(definition, moved, await quotesOf(moved));
    return fair.ok ? { ok: true, account, call, gas: simulation.gas, fees, simulation } : fair;
  }

  /** Prices and decimals of what moves, as far as they are known. */
  async function quotesOf(moved: readonly { readonly asset: AssetId }[]): Promise<ReadonlyMap<AssetId, Quoted>> {
    const quotes = new Map<AssetId, Quoted>();
    for (const { asset } of moved) {
      const [price, known] = await Promise.all([priceOf(asset, currency), assets.of(asset)]);
      if (price && known) quotes.set(asset, { price: price.value, decimals: known.decimals });
    }
    return quotes;
  }

  /** Plans a user's transfer again, before it is signed: the call that was quoted, and no fee above what is held for it. */
  async function planQuoted(
    { network, priority }: Pick<Asked, "network"> & { readonly priority: Priority },
    { call }: Quote,
    wallet: OpenWallet,
    hold: Hold | undefined,
  ): Promise<Planned> {
    const place = placeOf(wallet, network);
    if (!place.ok) return place;
    if (!hold) return refusing("hold-not-found", "Nothing is held for the transfer");
    const { chain, account } = place;
    const { simulation, fees, fee } = await estimate(chain, account.address, call, priority);
    if (simulation.outcome === "reverted") return refusing("simulation-reverted", simulation.reason);
    const most = ofAsset(hold.assets, chain.network.nativeAsset);
    if (BigInt(call.value) + BigInt(fee) > BigInt(most)) {
      return refusing("fee-above-hold", `The fee of up to ${fee} is above what is held for it`);
    }
    return { ok: true, account, call, gas: simulation.gas, fees, simulation };
  }

  return { placeOf, encode, estimate, planOrder, planQuoted, digestOf };

  /** Names what would be signed: network, sender and call. */
  function digestOf(network: NetworkId, from: string, { to, value, data }: Call): string {
    return digest({ network, from, to, value, data });
  }
}

/** What a transaction may cost at most. */
export function mostOf(gas: Amount, { maxFeePerGas }: Fees): Amount {
  return amount(BigInt(gas) * BigInt(maxFeePerGas));
}

/** An amount with a margin, in basis points of it (15000: half as much again). */
export function withMargin(estimate: Amount, basisPoints: number): Amount {
  return amount((BigInt(estimate) * BigInt(basisPoints)) / 10_000n);
}
