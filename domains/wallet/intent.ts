/**
 * What someone wants a wallet to do, and the call that comes of it.
 *
 * @module
 */
import {
  type Amount,
  amount,
  type Facts,
  type NetworkId,
  parseAccount,
  parseAsset,
  type Resolved,
  resolveValue,
  type Value,
  type ValueRefusal,
  zero,
} from "../shared/mod.ts";
import { contractOf } from "./asset.ts";
import type { AbiCodec, Call, Network } from "./chain.ts";

/** An intent of EVM. Every field of a play's may be a value. */
export type Intent<Field = Value> =
  | { readonly type: "send"; readonly asset: string; readonly to: Field; readonly amount: Field }
  | {
      readonly type: "call";
      readonly to: Field;
      readonly function: string;
      readonly arguments: readonly Field[];
      readonly value?: Field;
    }
  | { readonly type: "call"; readonly to: Field; readonly data: string; readonly value?: Field };

export type ResolvedIntent = Intent<Resolved>;

export type Refusing<Refusal extends string> = {
  readonly ok: false;
  readonly refusal: Refusal;
  readonly detail: string;
};

/** Refuses, and says what about. */
export function refusing<Refusal extends string>(refusal: Refusal, detail: string): Refusing<Refusal> {
  return { ok: false, refusal, detail };
}

/** Computes every value of an intent. */
export async function resolveIntent(
  intent: Intent,
  facts: Facts,
): Promise<{ readonly ok: true; readonly intent: ResolvedIntent } | Refusing<ValueRefusal>> {
  // One list holds all, so that one answer tells of all.
  const fields: readonly Value[] =
    intent.type === "send"
      ? [intent.to, intent.amount]
      : [intent.to, intent.value ?? zero, ...("arguments" in intent ? intent.arguments : [])];
  const resolved = await resolveValue(fields, facts);
  if (!resolved.ok) return resolved;
  const [to = "", second = "", ...rest] = resolved.value as readonly Resolved[];
  if (intent.type === "send") return { ok: true, intent: { type: "send", asset: intent.asset, to, amount: second } };
  if ("data" in intent) return { ok: true, intent: { type: "call", to, data: intent.data, value: second } };
  return { ok: true, intent: { type: "call", to, function: intent.function, arguments: rest, value: second } };
}

export const transferFragment = "function transfer(address to, uint256 amount) returns (bool)";
const addressFragment = "function it(address it)";

/** An EVM address with its checksum (EIP-55); undefined where it is none, or the checksum is wrong. */
export function checksummed(codec: AbiCodec, address: string): string | undefined {
  if (!/^0x[0-9a-fA-F]{40}$/.test(address)) return undefined;
  const data = codec.encode(addressFragment, [address]);
  return data === "malformed" ? undefined : codec.decode(addressFragment, data)?.[0]?.value;
}

/** The address of a text that is an address or an account of this network (CAIP-10), with its checksum. */
export function addressOn(codec: AbiCodec, network: NetworkId, text: Resolved): string | undefined {
  if (typeof text !== "string") return undefined;
  const account = parseAccount(text);
  return checksummed(codec, account?.network === network ? account.address : text);
}

/** The call of a resolved intent on an EVM chain. */
export function callOf(
  intent: ResolvedIntent,
  network: Network,
  codec: AbiCodec,
): { readonly ok: true; readonly call: Call } | Refusing<"intent-malformed"> {
  const to = addressOn(codec, network.id, intent.to);
  if (!to) return refusing("intent-malformed", "The destination is not an address of the network");
  if (intent.type === "send") return sendingCall(intent, to, network, codec);
  const value = readAmount(intent.value ?? zero);
  if (value === undefined) return refusing("intent-malformed", "The value is not an amount");
  if ("data" in intent) {
    if (!/^0x([0-9a-fA-F]{2})*$/.test(intent.data)) return refusing("intent-malformed", "The data is not hex");
    return { ok: true, call: { to, value, data: intent.data.toLowerCase() } };
  }
  const data = codec.encode(intent.function, intent.arguments);
  if (data === "malformed") return refusing("intent-malformed", "The arguments do not fit the function");
  return { ok: true, call: { to, value, data } };
}

function sendingCall(
  intent: Extract<ResolvedIntent, { readonly type: "send" }>,
  to: string,
  { id, nativeAsset }: Network,
  codec: AbiCodec,
): ReturnType<typeof callOf> {
  const value = readAmount(intent.amount);
  if (value === undefined || value === zero) return refusing("intent-malformed", "The amount is not a positive amount");
  if (intent.asset === nativeAsset) return { ok: true, call: { to, value, data: "0x" } };
  const contract = contractOf(intent.asset);
  const token = contract?.namespace === "erc20" ? checksummed(codec, contract.address) : undefined;
  if (!token || parseAsset(intent.asset)?.network !== id) {
    return refusing("intent-malformed", "The asset can't be sent on the network");
  }
  const data = codec.encode(transferFragment, [to, value]);
  if (data === "malformed") return refusing("intent-malformed", "The transfer can't be encoded");
  return { ok: true, call: { to: token, value: zero, data } };
}

function readAmount(text: Resolved): Amount | undefined {
  if (typeof text !== "string") return undefined;
  try {
    return amount(text);
  } catch {
    return undefined;
  }
}

/** The fragment by which an intent's call is decoded; undefined for raw data and plain native value. */
export function fragmentOf(intent: Intent<unknown>, nativeAsset: string): string | undefined {
  if (intent.type === "send") return intent.asset === nativeAsset ? undefined : transferFragment;
  return "function" in intent ? intent.function : undefined;
}
