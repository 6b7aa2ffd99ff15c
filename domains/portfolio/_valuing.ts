import { type AggregateStore, ChainUnreachable, type Clock, type ReadContract } from "../../ports/mod.ts";
import {
  type Amount,
  type AssetId,
  decimal,
  decimalText,
  type Facts,
  type NetworkId,
  resolveValue,
  scaledDecimal,
  sizeOf,
  unixTime,
  type Value,
  type ValueRefusal,
} from "../shared/mod.ts";
import { deltasOf, ofAsset } from "./_by_asset.ts";
import { type Health, healthOf } from "./health.ts";
import type { OpenPosition } from "./position.ts";
import {
  type HealthTerms,
  type PlayTerms,
  type ValuedPlay,
  type ValuedPlayEvent,
  valuedPlayId,
} from "./valued_play.ts";
import { addressOn, type ValuedWallet, type ValuedWalletEvent } from "./valued_wallet.ts";

export type ValuingDependencies = {
  readonly plays: AggregateStore<ValuedPlay, ValuedPlayEvent>;
  readonly wallets: AggregateStore<ValuedWallet, ValuedWalletEvent>;
  readonly readContract: ReadContract;
  readonly clock: Clock;
};

/** Why there is no figure now. Never zero instead. */
export type Unavailable = "play-not-yet-known" | "valuation-missing" | "chain-unreachable" | ValueRefusal;

export type Told = { readonly ok: true; readonly value: Amount } | { readonly ok: false; readonly reason: Unavailable };

export type Valued = {
  /** Undefined while the play is not known here yet. */
  readonly title?: string;
  /** In base units of the play's asset. */
  readonly value: Told;
  /** Where the play defines it. */
  readonly health?: Health;
};

/** Values positions as their plays say. */
export function createValuing({ plays, wallets, readContract, clock }: ValuingDependencies) {
  async function compute(value: Value, facts: Facts): Promise<Told> {
    try {
      // A sum of one insists on a whole number in range.
      const outcome = await resolveValue({ sum: [value] }, facts);
      return outcome.ok ? { ok: true, value: outcome.value as Amount } : { ok: false, reason: outcome.refusal };
    } catch (error) {
      if (error instanceof ChainUnreachable) return { ok: false, reason: "chain-unreachable" };
      throw error;
    }
  }

  async function healthNow(terms: HealthTerms, facts: Facts): Promise<Health> {
    const told = await compute(terms.value, facts);
    if (!told.ok) return { status: "unavailable", value: null, reason: told.reason };
    const value = scaledDecimal(told.value, terms.decimals);
    const status = healthOf(value, decimal(terms.warn), decimal(terms.critical));
    return { status, value: decimalText(value, terms.decimals) };
  }

  return async (position: OpenPosition): Promise<Valued> => {
    const [{ state: play }, { state: wallet }] = await Promise.all([
      plays.load(valuedPlayId(position.play, position.version)),
      wallets.load(position.wallet),
    ]);
    if (play.status === "unknown") return { value: { ok: false, reason: "play-not-yet-known" } };
    const facts: Facts = {
      from: factsOf(position, addressOn(wallet, play.network)),
      now: () => unixTime(clock()),
      read: (call) => readContract(play.network as NetworkId, call),
    };
    const { title, health } = play;
    const value = play.valuation === undefined ? plainValue(position, play) : await compute(play.valuation, facts);
    return { title, value, ...(health && { health: await healthNow(health, facts) }) };
  };
}

/** Without a valuation, a position is worth what it has of the play's asset, and only that. */
function plainValue({ holdings }: OpenPosition, { asset }: PlayTerms): Told {
  const other = Object.keys(holdings).some((held) => held !== asset);
  return other ? { ok: false, reason: "valuation-missing" } : { ok: true, value: sizeOf(ofAsset(holdings, asset)) };
}

function factsOf({ holdings }: OpenPosition, address: string | undefined) {
  const nft = "position.token.";
  return (path: string): string | undefined => {
    if (path === "wallet.address") return address;
    if (path.startsWith(nft)) return tokenOf(holdings, path.slice(nft.length));
    if (path.startsWith("position.")) return ofAsset(holdings, path.slice("position.".length) as AssetId);
    return undefined;
  };
}

/** The id of the held ERC-721 token of a contract (CAIP-19: `…/erc721:<contract>/<id>`). */
function tokenOf(holdings: OpenPosition["holdings"], contract: string): string | undefined {
  const suffix = `/erc721:${contract}/`.toLowerCase();
  const held = deltasOf(holdings).find(({ asset }) => asset.toLowerCase().includes(suffix));
  return held?.asset.split("/").at(-1);
}
