/**
 * A play can't steal: what a transaction of a play must keep to, judged by the encoded call and by what it would do.
 *
 * @module
 */
import { type Amount, addAmounts, amount, compareAmounts, isNegative, sizeOf, zero } from "../shared/mod.ts";
import { type Allowing, allowingOf } from "./allowances.ts";
import { collectionOf, contractOf } from "./asset.ts";
import type { AbiCodec, Call, Leaf, Network, Simulation } from "./chain.ts";
import { type Intent, type Refusing, refusing } from "./intent.ts";
import type { PlayDefinition, PlayTerms } from "./play_terms.ts";
import { type Amounts, ofAsset } from "./sums.ts";

export const guardRefusals = [
  "play-version-unknown",
  "play-digest-differs",
  "network-undeclared",
  "call-data-raw",
  "contract-undeclared",
  "function-undeclared",
  "address-undeclared",
  "bytes-opaque",
  "spender-undeclared",
  "allowance-above-hold",
  "allowance-unlimited",
  "value-above-hold",
  "outflow-undeclared",
  "outflow-above-hold",
  "loss-above-slippage",
] as const;

export type GuardRefusal = (typeof guardRefusals)[number];

type Verdict = { readonly ok: true } | Refusing<GuardRefusal | "fee-above-hold">;

const fine: Verdict = { ok: true };

/** What one transaction of a play is judged by. */
export type Guarded = {
  readonly definition: PlayDefinition;
  readonly network: Network;
  /** The wallet's address on the network. */
  readonly own: string;
  readonly intent: Intent<unknown>;
  readonly call: Call;
  /** What the order's hold has now, and no other transaction under way may use. */
  readonly hold: Amounts;
  readonly codec: AbiCodec;
};

/** The terms that a transfer of a play goes by: those that its order was placed on, and no others. */
export function termsOf(
  terms: PlayTerms,
  digest: string,
): { readonly ok: true; readonly definition: PlayDefinition } | Refusing<GuardRefusal> {
  if (terms.status === "unknown") return refusing("play-version-unknown", "No such version was published");
  if (terms.digest !== digest) return refusing("play-digest-differs", "The version has another digest than the order");
  return { ok: true, definition: terms.definition };
}

/** Judges the call as it would be signed, decoded by the fragments that the definition declares. */
export function guardCall(guarded: Guarded): Verdict {
  const { definition, network, intent, call, codec } = guarded;
  if (definition.network !== network.id) return refusing("network-undeclared", `The play is not of ${network.id}`);
  if (intent.type === "call" && "data" in intent) return refusing("call-data-raw", "A play may not send raw data");
  const contracts = definition.contracts.filter(({ address }) => same(address, call.to));
  if (contracts.length === 0) return refusing("contract-undeclared", `The contract ${call.to} is not declared`);
  const functions = contracts.flatMap((contract) => contract.functions);
  if (call.data === "0x") {
    const receives = functions.some((fragment) => /^\s*receive\s*\(\s*\)/.test(fragment));
    return receives ? fine : refusing("function-undeclared", `Plain value for ${call.to} is not declared`);
  }
  const fragment = functions.find((declared) => codec.selector(declared) === call.data.slice(0, 10));
  const leaves = fragment === undefined ? undefined : codec.decode(fragment, call.data);
  if (!leaves) return refusing("function-undeclared", `The called function of ${call.to} is not declared`);
  const allowing = allowingOf(codec, call.data);
  return firstRefusal([() => guardAllowing(guarded, allowing), () => guardLeaves(guarded, leaves)]);
}

/** Judges what the call would do: what leaves the account, and what others may take from it afterwards. */
export function guardOutcome(guarded: Guarded, simulation: Simulation, fee: Amount): Verdict {
  return firstRefusal([
    () => guardValue(guarded, fee),
    ...simulation.allowances.map(
      ({ asset, spender, amount }) =>
        () =>
          guardAllowance(guarded, asset, spender, amount),
    ),
    ...simulation.effects.map((effect) => () => guardEffect(guarded, effect, fee)),
  ]);
}

function firstRefusal(checks: readonly (() => Verdict)[]): Verdict {
  for (const check of checks) {
    const verdict = check();
    if (!verdict.ok) return verdict;
  }
  return fine;
}

function guardAllowing(guarded: Guarded, allowing: Allowing | undefined): Verdict {
  if (allowing === undefined) return fine;
  if (allowing === "everything") return refusing("allowance-unlimited", "The call lets others take everything");
  const { spender, amount: allowed, token = guarded.call.to } = allowing;
  const { definition, network } = guarded;
  const nft = `${network.id}/erc721:${token}`;
  const isNft = definition.assets.some(({ asset }) => same(collectionOf(asset), nft));
  // A token id takes the amount's place where the contract is declared as ERC-721.
  if (isNft) return guardAllowance(guarded, `${nft}/${allowed}`, spender, amount("1"));
  return guardAllowance(guarded, `${network.id}/erc20:${token}`, spender, amount(allowed));
}

function guardAllowance({ definition, hold }: Guarded, asset: string, spender: string, allowed: Amount): Verdict {
  // Nothing takes an allowance back: nobody need be declared for that.
  if (allowed === zero) return fine;
  if (!definition.spenders.some((declared) => same(declared, spender))) {
    return refusing("spender-undeclared", `The spender ${spender} is not declared`);
  }
  const limit = heldOf(hold, asset);
  if (compareAmounts(allowed, limit) <= 0) return fine;
  return refusing("allowance-above-hold", `The allowance of ${allowed} is above the ${limit} held of ${asset}`);
}

function guardLeaves(guarded: Guarded, leaves: readonly Leaf[]): Verdict {
  const known = declaredAddresses(guarded);
  return firstRefusal(
    leaves.map(({ path, type, value }) => () => {
      if (type === "bytes" && value !== "0x")
        return refusing("bytes-opaque", `The argument ${path} hides what it holds`);
      const address = addressIn(type, value);
      if (address === undefined || known.has(address)) return fine;
      return refusing("address-undeclared", `The address ${address} at ${path} is not declared`);
    }),
  );
}

/** The address in a leaf: bytes of a fixed length hold one where only zeros stand before it. */
function addressIn(type: string, value: string): string | undefined {
  const text = value.toLowerCase();
  if (type === "address") return text;
  const [, padded] = (/^bytes(2[0-9]|3[0-2])$/.test(type) && /^0x0*([0-9a-f]{40})$/.exec(text)) || [];
  return padded === undefined || /^0+$/.test(padded) ? undefined : `0x${padded}`;
}

function declaredAddresses({ definition, own }: Guarded): ReadonlySet<string> {
  const { asset, assets, contracts, spenders } = definition;
  const tokens = [asset, ...assets.map((each) => each.asset)].flatMap((each) => contractOf(each)?.address ?? []);
  const all = [own, ...contracts.map(({ address }) => address), ...spenders, ...tokens];
  return new Set(all.map((address) => address.toLowerCase()));
}

function guardValue({ call, hold, network }: Guarded, fee: Amount): Verdict {
  const limit = ofAsset(hold, network.nativeAsset);
  if (compareAmounts(addAmounts(call.value, fee), limit) <= 0) return fine;
  // A fee may fall again, a value stays.
  const reason = compareAmounts(call.value, limit) > 0 ? "value-above-hold" : "fee-above-hold";
  return refusing(reason, `The value and a fee of up to ${fee} are above the ${limit} held`);
}

function guardEffect(guarded: Guarded, effect: Simulation["effects"][number], fee: Amount): Verdict {
  const { asset, delta } = effect;
  if (!isNegative(delta)) return fine;
  const { definition, network, hold } = guarded;
  const declared = [network.nativeAsset, definition.asset, ...definition.assets.map((each) => each.asset)];
  if (!declared.some((each) => collectionOf(each) === collectionOf(asset))) {
    return refusing("outflow-undeclared", `The asset ${asset} would leave and is not declared`);
  }
  const out = asset === network.nativeAsset ? addAmounts(sizeOf(delta), fee) : sizeOf(delta);
  const limit = heldOf(hold, asset);
  if (compareAmounts(out, limit) <= 0) return fine;
  return refusing("outflow-above-hold", `${out} of ${asset} would leave and ${limit} is held`);
}

function heldOf(hold: Amounts, asset: string): Amount {
  const key = Object.keys(hold).find((each) => same(each, asset));
  return ofAsset(hold, key ?? asset);
}

/** EVM addresses, alone or in an asset, are equal in any case. */
function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
