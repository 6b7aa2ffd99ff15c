import type { ParamType, Result } from "ethers/abi";
import type { AbiCodec, Leaf } from "../../domains/wallet/mod.ts";
import { encodeCall, type Parsed, parseFunction } from "./_abi.ts";

const remembered = 1_000;

/** ABI encoding (Solidity ABI specification) by ethers, strictly: data counts only in the one form that encoding gives it. */
export function createAbiCodec(): AbiCodec {
  const known = new Map<string, Parsed | undefined>();

  function parsed(text: string): Parsed | undefined {
    if (known.has(text)) return known.get(text);
    const found = parseFunction(text);
    if (known.size >= remembered) known.clear();
    known.set(text, found);
    return found;
  }

  return {
    encode(text, args) {
      const found = parsed(text);
      return (found && encodeCall(found, args)) ?? "malformed";
    },

    selector: (text) => parsed(text)?.fragment.selector ?? "malformed",

    decode(text, data) {
      const found = parsed(text);
      if (!found) return undefined;
      const { fragment, abi } = found;
      try {
        const args = abi.decodeFunctionData(fragment, data);
        if (abi.encodeFunctionData(fragment, args) !== data.toLowerCase()) return undefined;
        return fragment.inputs.flatMap((input, place) => leavesOf(input, args[place], input.name || `${place}`));
      } catch {
        return undefined;
      }
    },
  };
}

function leavesOf(type: ParamType, value: unknown, path: string): Leaf[] {
  const { arrayChildren, components } = type;
  if (arrayChildren) {
    return [...(value as Result)].flatMap((item, place) => leavesOf(arrayChildren, item, `${path}.${place}`));
  }
  if (components) {
    const items = [...(value as Result)];
    return components.flatMap((part, place) => leavesOf(part, items[place], `${path}.${part.name || place}`));
  }
  return [{ path, type: type.type, value: String(value) }];
}
